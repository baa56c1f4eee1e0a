//! What `replay` and `compare` read: captures, comparisons, and what dig prints.

use eks_dns_doctor::places::{self, Gathered};
use eks_dns_doctor::render::{Format, Style};
use eks_dns_doctor::report::exit;
use eks_dns_doctor::{capture, limits};

use super::held;

/// What another place saw.
const OTHER: &[u8] = include_bytes!("../../fixtures/places/bastion.dig.txt");

pub(crate) fn check(octets: &[u8]) {
    // Each of these takes longer than reading and diagnosing: one at a time.
    let choice = held::choice(octets, 5);
    match capture::parse(octets) {
        Err(refused) => said(&refused.to_string()),
        Ok(read) => {
            let report = held::report(read, octets);
            match choice {
                0 => held::redacted(report),
                1 => held::rendered(&report.with_why(), &Style::default()),
                _ => {}
            }
        }
    }
    let mut gathered = match places::read_all("here", octets) {
        Ok(gathered) => gathered,
        Err(refused) => return said(&refused.to_string()),
    };
    // Beside itself, and beside another place.
    let other = if choice == 2 {
        gathered.clone()
    } else {
        places::read_all("there", OTHER).expect("a fixture")
    };
    gathered.sources.extend(other.sources);
    match choice {
        2 | 3 => compared(gathered, octets),
        4 => match gathered.redacted() {
            Ok(redacted) => compared(redacted, octets),
            Err(refused) => said(&refused.to_string()),
        },
        _ => {}
    }
}

/// A comparison is printed safely, is read again, and is the same then.
fn compared(gathered: Gathered, octets: &[u8]) {
    let comparison = match places::compare_gathered(gathered) {
        Ok(comparison) => comparison,
        Err(refused) => return said(&refused.to_string()),
    };
    assert!(comparison.places.len() <= limits::PLACES);
    let styles = held::styles();
    let style = &styles[held::choice(octets, styles.len())];
    for format in Format::VARIANTS {
        let mut text = String::new();
        places::render(&comparison, *format, style, &mut text).expect("a String takes all");
        held::styled(&text, *format, style);
    }
    let codes = [
        exit::HEALTHY,
        exit::BROKEN,
        exit::INCONCLUSIVE,
        exit::INTERRUPTED,
    ];
    assert!(codes.contains(&comparison.exit_code));
    let document = json(&comparison);
    let again = match places::comparison(document.as_bytes()) {
        Ok(again) => again.expect("a comparison"),
        Err(refused) => panic!("what was saved cannot be read: it {refused}"),
    };
    let again = places::compare_gathered(again).expect("it was compared before");
    assert_eq!(json(&again), document);
}

fn json(comparison: &places::Comparison) -> String {
    let mut text = String::new();
    places::render(comparison, Format::Json, &Style::default(), &mut text)
        .expect("a String takes all");
    text
}

/// A refusal is one line that is not as long as what it refuses.
fn said(refusal: &str) {
    held::line(refusal);
    assert!(refusal.chars().count() <= 4096, "{refusal}");
}
