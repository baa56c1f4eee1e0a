//! What a mistyped name was meant to be.

use crate::limits;

/// How alike two names have to be (Jaro), from 0 to 1: a slip or two, not merely the same letters.
const ALIKE: f64 = 0.8;

/// The names most like the word, the likeliest first.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // The time grows with the square of the word's length, and none of the names is nearly as long.
    if word.len() > limits::FLAG_NAME {
        return Vec::new();
    }
    let word = word.to_ascii_lowercase();
    let mut alike: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| (strsim::jaro(&word, name), name))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    alike
        .into_iter()
        .take(limits::SUGGESTIONS)
        .map(|(_, name)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_first_and_nothing_far_off() {
        let names = ["check", "explain", "demo", "man"];
        assert_eq!(nearest("chekc", names), ["check"]);
        assert_eq!(nearest("EXPLIAN", names), ["explain"]);
        assert!(nearest("zzz", names).is_empty());
        assert!(nearest("replay", names).is_empty());
        assert!(nearest("", names).is_empty());
        // With all of its letters compared it would take minutes.
        assert!(nearest(&"check".repeat(200_000), names).is_empty());
    }
}
