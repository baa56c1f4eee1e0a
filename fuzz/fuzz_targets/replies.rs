#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| eks_dns_doctor_fuzz::check("replies", octets));
