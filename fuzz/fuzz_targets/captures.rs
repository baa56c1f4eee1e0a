#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| eks_dns_doctor_fuzz::check("captures", octets));

libfuzzer_sys::fuzz_mutator!(|octets: &mut [u8], size: usize, max: usize, seed: u32| {
    eks_dns_doctor_fuzz::mutate_json(octets, size, max, seed)
});
