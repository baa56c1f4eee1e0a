//! How long each step takes from the octets of a reply to the text of a report: `cargo bench --bench pipeline`.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads recorded captures and stops at the first surprise"
)]

use std::hint::black_box;

use criterion::Criterion;
use eks_dns_doctor::capture;
use eks_dns_doctor::compare::compare;
use eks_dns_doctor::dns::{Class, RecordType};
use eks_dns_doctor::expect::Expected;
use eks_dns_doctor::observation::{Purpose, Question, Transport};
use eks_dns_doctor::probe::read_messages;
use eks_dns_doctor::render::{Format, Style, render};
use eks_dns_doctor::report::{Capture, Decision, diagnose};

/// A run with several resolvers, of which one does not forward.
const RECORDED: &str = "fixtures/cases/no-forwarding";

fn recorded() -> Capture {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(RECORDED);
    let mut cases: Vec<_> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    let capture = cases
        .iter()
        .map(|case| case.join("capture.json"))
        .find(|file| file.is_file());
    capture::parse(&std::fs::read(capture.unwrap()).unwrap()).unwrap()
}

/// Two addresses, as a resolver sends them for an endpoint.
fn reply(name: &str, id: u16) -> Vec<u8> {
    let mut octets = id.to_be_bytes().to_vec();
    octets.extend([0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 1]);
    for label in name.split('.') {
        octets.push(u8::try_from(label.len()).unwrap());
        octets.extend(label.as_bytes());
    }
    octets.extend([0, 0, 1, 0, 1]);
    for last in [1, 2] {
        octets.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, last]);
    }
    octets.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
    octets
}

fn steps(criterion: &mut Criterion) {
    let name = "0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com";
    let question = Question {
        purpose: Purpose::Target,
        qname: name.parse().unwrap(),
        qtype: RecordType::A,
        class: Class::In,
        transport: Transport::Udp,
        checking_disabled: false,
        sample: 0,
    };
    let octets = reply(name, 7);
    criterion.bench_function("decode: a reply to its lookup", |bencher| {
        bencher.iter(|| read_messages(&question, 7, [black_box(octets.as_slice())]));
    });
    let capture = recorded();
    let expected = Expected::derive(&capture.asked, &capture.target.hostname, &capture.facts);
    criterion.bench_function("compare: every resolver of a run", |bencher| {
        bencher.iter(|| {
            let all = capture.observations.iter();
            all.map(|probed| compare(probed, expected.clone(), &capture.facts).verdict)
                .collect::<Vec<_>>()
        });
    });
    criterion.bench_function("decide: compare, every rule, every client", |bencher| {
        bencher.iter(|| Decision::of(black_box(&capture)));
    });
    criterion.bench_function("diagnose: the whole report of a capture", |bencher| {
        bencher.iter_batched(|| capture.clone(), diagnose, criterion::BatchSize::SmallInput);
    });
    let report = diagnose(capture);
    for (format, what) in [
        (Format::Table, "render: table"),
        (Format::Short, "render: short"),
        (Format::Json, "render: json"),
        (Format::Markdown, "render: markdown"),
    ] {
        criterion.bench_function(what, |bencher| {
            bencher.iter(|| {
                let mut text = String::new();
                render(&report, format, &Style::default(), &mut text).unwrap();
                text
            });
        });
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    steps(&mut criterion);
    criterion.final_summary();
}
