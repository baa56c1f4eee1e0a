//! What `replay` and `compare` read: captures, comparisons, and what dig prints.

use eks_dns_doctor::places::{self, Gathered};
use eks_dns_doctor::render::{Format, Style};
use eks_dns_doctor::report::exit;
use eks_dns_doctor::{capture, limits};

use super::held;

/// What another place saw.
const OTHER: &[u8] = include_bytes!("../../fixtures/places/bastion.dig.txt");

/// How many of the things below take longer than reading and diagnosing.
const LONG: usize = 5;

pub(crate) fn check(octets: &[u8]) {
    let is_turn = |number| held::is_turn(octets, LONG, number);
    match capture::parse(octets) {
        Err(refused) => said(&refused.to_string()),
        Ok(read) => {
            let report = held::report(read, octets);
            if is_turn(0) {
                held::redacted(report.clone());
            }
            if is_turn(1) {
                held::rendered(&report.with_why(), &Style::default());
            }
        }
    }
    let here = match places::read_all("here", octets) {
        Ok(gathered) => gathered,
        Err(refused) => return said(&refused.to_string()),
    };
    let beside = |other: Gathered| {
        let mut both = here.clone();
        both.sources.extend(other.sources);
        both
    };
    let there = || places::read_all("there", OTHER).expect("a fixture");
    if is_turn(2) {
        compared(beside(here.clone()), octets);
    }
    if is_turn(3) {
        compared(beside(there()), octets);
    }
    if is_turn(4) {
        match beside(there()).redacted() {
            Ok(redacted) => compared(redacted, octets),
            Err(refused) => said(&refused.to_string()),
        }
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
    for (number, style) in styles.iter().enumerate() {
        if !held::is_turn(octets, styles.len(), number) {
            continue;
        }
        for format in Format::VARIANTS {
            let mut text = String::new();
            places::render(&comparison, *format, style, &mut text).expect("a String takes all");
            held::styled(&text, *format, style);
        }
    }
    let codes = [exit::HEALTHY, exit::BROKEN, exit::INCONCLUSIVE, exit::INTERRUPTED];
    assert!(codes.contains(&comparison.exit_code));
    let document = json(&comparison);
    let again = match places::comparison(document.as_bytes()) {
        Ok(again) => again.expect("a comparison"),
        Err(refused) => panic!("what was saved cannot be read: it {refused}"),
    };
    let again = places::compare_gathered(again).expect("it was compared before");
    assert_eq!(json(&again), document);
}

fn json(comparison: &places::PlacesDocument) -> String {
    let mut text = String::new();
    places::render(comparison, Format::Json, &Style::default(), &mut text).expect("a String takes all");
    text
}

/// A refusal is one line that is not as long as what it refuses.
fn said(refusal: &str) {
    held::line(refusal);
    assert!(refusal.chars().count() <= 4096, "{refusal}");
}
