//! What the page of a comparison says, and how long it is.

use std::collections::BTreeMap;

use eks_dns_doctor::places::{self, PlacesDocument};
use eks_dns_doctor::render::{Format, Style};
use serde_json::{Value, json};

use super::{
    BASTION, LAPTOP, changed, compare, fixture, folders, give, not_waited_for, play, rendered, rules, scenes, silence,
    with_a_resolver_aside,
};

/// What a resolver's answer amounts to is in the words of the report of one place, in each format that is read; the
/// document keeps its names.
#[test]
fn a_cell_says_what_the_report_of_the_place_says() {
    let open = with_a_resolver_aside("open", not_waited_for);
    let silent = with_a_resolver_aside("silent", silence);
    let comparison = compare(&[&open, &silent, &LAPTOP]);
    for format in [Format::Table, Format::Markdown, Format::Html] {
        let text = rendered(&comparison, format);
        for said in ["not waited for", "no answer", "NXDOMAIN", "not asked"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        for name in ["not-waited-for", "timeout", "nxdomain"] {
            assert!(!text.contains(name), "{name}: {text}");
        }
    }
    let text = rendered(&comparison, Format::Json);
    for name in ["not-waited-for", "timeout", "nxdomain"] {
        assert!(text.contains(&format!("\"verdict\": \"{name}\"")), "{name}");
    }
}

/// What the line of each place says of it.
fn places_of(comparison: &PlacesDocument) -> Vec<&str> {
    comparison.places.iter().map(|place| place.headline.as_str()).collect()
}

/// A page that names the cause of what a place shows does not say below that the cause is not known. Where it names
/// none, it says so.
#[test]
fn no_place_lacks_the_cause_that_the_page_names() {
    let alone = changed(&LAPTOP, |document| {
        document["resolvers"].as_array_mut().unwrap().truncate(1);
    });
    let own = "local (10.63.200.10) returns NXDOMAIN with the SOA of AWS's public zone \
               ap-northeast-1.eks.amazonaws.com, and the cause is not known";
    // Shown by both places together.
    let together = compare(&[&alone, &BASTION]);
    assert_eq!(rules(&together), ["only-one-place-has-forwarding"]);
    assert_eq!(
        places_of(&together)[0],
        "local (10.63.200.10): NXDOMAIN, from public DNS [only-one-place-has-forwarding]"
    );
    // Known at another place, of the same server.
    let aside = changed(&LAPTOP, |document| {
        document["vantage"]["name"] = json!("desk");
        let mut vpc = BASTION["resolvers"][0].clone();
        vpc["role"] = json!("vpc");
        vpc["in_scope"] = json!(false);
        vpc["name"] = json!("vpc");
        document["resolvers"].as_array_mut().unwrap().push(vpc);
    });
    let same_server = compare(&[&alone, &aside]);
    assert_eq!(rules(&same_server), ["no-forwarding"]);
    assert_eq!(
        places_of(&same_server)[0],
        "local (10.63.200.10): NXDOMAIN, from public DNS [no-forwarding]"
    );
    // Known at another place, of another server.
    let another = changed(&aside, |document| {
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
    });
    let other_server = compare(&[&alone, &another]);
    assert_eq!(
        (rules(&other_server), places_of(&other_server)[0]),
        (vec!["no-forwarding"], own)
    );
    // Known nowhere.
    let quiet = changed(&BASTION, |document| {
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        silence(document);
    });
    let unknown = compare(&[&alone, &quiet]);
    assert_eq!((rules(&unknown)[0], places_of(&unknown)[0]), ("negative-answer", own));
}

/// The sentences of a text.
fn sentences(text: &str) -> usize {
    text.split(". ").count()
}

/// Why is said in four sentences at most, and a place that was not seen is named there, however many others there are.
#[test]
fn why_is_short_and_names_the_place_that_was_not_seen() {
    let silent = |place: &str, address: &str| {
        changed(&BASTION, |document| {
            document["vantage"]["name"] = json!(place);
            document["resolvers"][0]["address"] = json!(address);
            silence(document);
        })
    };
    let (office, branch) = (silent("office", "10.9.9.9:53"), silent("branch", "10.8.8.8:53"));
    let sinkhole = changed(&BASTION, |document| {
        document["vantage"]["name"] = json!("home");
        document["resolvers"][0]["address"] = json!("10.7.7.7:53");
        give(document, ["0.0.0.0", "0.0.0.0"]);
    });
    for (documents, rule) in [
        (vec![&sinkhole], "sinkhole-answer"),
        (vec![&sinkhole, &*BASTION], "sinkhole-answer"),
        (vec![&sinkhole, &office, &branch, &*BASTION], "sinkhole-answer"),
        (vec![&office, &branch], "resolver-unreachable"),
        (vec![&*LAPTOP, &*BASTION], "only-one-place-has-forwarding"),
        (vec![&*LAPTOP, &office, &*BASTION], "only-one-place-has-forwarding"),
        (vec![&*LAPTOP, &*LAPTOP], "same-and-broken"),
    ] {
        for unseen in [None, Some("lab")] {
            if documents.len() == 1 && unseen.is_none() {
                continue;
            }
            let sources = documents
                .iter()
                .map(|document| places::read("place", document.to_string().as_bytes()).unwrap());
            let comparison = places::compare_gathered(places::Gathered {
                sources: sources.collect(),
                unseen: unseen
                    .iter()
                    .map(|place| places::Unseen {
                        place: (*place).to_owned(),
                        reason: "no route to host".to_owned(),
                    })
                    .collect(),
                interrupted: false,
            })
            .unwrap();
            let lead = &comparison.findings[0];
            let why = &lead.explanation;
            assert_eq!(lead.rule, rule);
            assert!(sentences(why) <= 4, "{why}");
            let is_named = why.ends_with("lab was not seen, so nothing is known of the path there.");
            assert_eq!(is_named, unseen.is_some(), "{why}");
        }
    }
    // A place that the headline is not about is named too.
    let comparison = compare(&[&LAPTOP, &office, &BASTION]);
    let why = &comparison.findings[0].explanation;
    assert_eq!(rules(&comparison)[0], "only-one-place-has-forwarding");
    assert!(
        why.contains("nothing at bastion. No resolver answered at office, so nothing is known"),
        "{why}"
    );
    let comparison = compare(&[&sinkhole, &office, &branch, &LAPTOP, &BASTION]);
    let lead = comparison
        .findings
        .iter()
        .find(|finding| finding.rule == "sinkhole-answer")
        .unwrap();
    let why = &lead.explanation;
    assert!(
        why.ends_with("No resolver answered at office and branch, so nothing is known of the path there."),
        "{why}"
    );
}

/// Two to sixteen places: rows are resolvers and columns are places, in 80 columns and in 40, and with long names.
#[test]
fn many_places_still_fit() {
    for (name, ascii) in [
        ("bastion", false),
        ("a-bastion-with-a-very-long-name", true),
        ("踏み台", false),
    ] {
        let place = changed(&BASTION, |document| {
            document["vantage"]["name"] = json!(name);
        });
        for (count, width) in (2..=16).flat_map(|count| [(count, 80), (count, 40)]) {
            // A word is not broken.
            if name.len() > width / 2 {
                continue;
            }
            let style = Style {
                width,
                ascii,
                ..Style::default()
            };
            let mut table = String::new();
            let comparison = compare(&vec![&place; count]);
            places::render(&comparison, Format::Table, &style, &mut table).unwrap();
            let wide = |line: &str| unicode_width::UnicodeWidthStr::width(line) > width;
            let endpoint = |line: &str| line.contains(".yl4.");
            let too_wide = table.lines().find(|line| wide(line) && !endpoint(line));
            assert_eq!(too_wide, None, "{count} in {width}:\n{table}");
            let numbered: Vec<String> = (1..=count)
                .map(|number| format!("{number:>n$}", n = count.to_string().len()))
                .collect();
            let is_matrix = count < 4 || table.contains(&format!("RESOLVER             {}", numbered.join(" ")));
            assert!(width < 80 || is_matrix, "{count}:\n{table}");
        }
    }
}

/// One of many comparisons of so many places: some resolve, some do not, some hear nothing, some have other addresses,
/// and some ask resolvers of their own.
fn drawn(count: usize, draw: usize) -> PlacesDocument {
    let documents: Vec<Value> = (0..count)
        .map(|number| {
            let kind = (number * number + draw * 3 + number * draw) % 5;
            let base: &Value = if kind == 1 { &BASTION } else { &LAPTOP };
            changed(base, |document| {
                document["vantage"]["name"] = json!(format!("node-{number:02}.example"));
                match kind {
                    2 => silence(document),
                    3 => give(document, ["192.168.77.1", "192.168.77.2"]),
                    4 => document["resolvers"][0]["address"] = json!(format!("10.63.{draw}.{}:53", number + 1)),
                    _ => {}
                }
            })
        })
        .collect();
    compare(&documents.iter().collect::<Vec<_>>())
}

/// The first screen of a comparison at 80 columns: nine of ten within 40 lines, and none over 60. All of it is with
/// `-v`, in markdown's folded part, and in JSON.
#[test]
fn the_first_screen_of_a_comparison_is_short() {
    // Recorded ones and drawn ones, on a terminal and in a comment, each by themselves.
    let mut lines: BTreeMap<(bool, &str), Vec<(usize, String)>> = BTreeMap::new();
    let mut cut = 0;
    let mut hold = |name: String, comparison: &PlacesDocument| {
        let text = rendered(comparison, Format::Table);
        let is_drawn = name.contains("draw ");
        cut += usize::from(text.contains("more (-v)"));
        let mut whole = String::new();
        let style = Style {
            verbose: true,
            ..Style::default()
        };
        places::render(comparison, Format::Table, &style, &mut whole).unwrap();
        let (json, markdown) = (
            rendered(comparison, Format::Json),
            rendered(comparison, Format::Markdown),
        );
        let (first, folded) = markdown.split_once("<details>").unwrap();
        for (page, text) in [("terminal", text.as_str()), ("comment", first.trim_end())] {
            let all = lines.entry((is_drawn, page)).or_default();
            all.push((text.lines().count(), name.clone()));
        }
        if first.contains("more below") {
            let named = |name: &str| folded.contains(&name.replace('_', "\\_"));
            assert!(comparison.places.iter().all(|place| named(&place.name)), "{name}");
        }
        for place in &comparison.places {
            for page in [&whole, &json, &markdown] {
                assert!(page.contains(&place.name), "{name}: {}", place.name);
            }
        }
        for row in &comparison.rows {
            assert!(whole.contains(&row.shown_address()), "{name}: {}", row.resolver);
        }
    };
    for rule in folders(&fixture("pairs")) {
        for path in folders(&rule) {
            let documents: Vec<Value> = scenes(&path)
                .iter()
                .map(|file| play(file.to_str().unwrap(), file.file_stem().unwrap().to_str().unwrap()))
                .collect();
            hold(
                path.display().to_string(),
                &compare(&documents.iter().collect::<Vec<_>>()),
            );
        }
    }
    for count in [2, 3, 5, 20, 45] {
        for draw in 0..10 {
            hold(format!("{count} places, draw {draw}"), &drawn(count, draw));
        }
    }
    assert_eq!(lines.len(), 4);
    for (of, lines) in &mut lines {
        lines.sort_unstable();
        let ninth_tenth = &lines[lines.len() * 9 / 10];
        let longest = lines.last().unwrap();
        assert!(
            ninth_tenth.0 <= 40 && longest.0 <= 60,
            "{of:?}: {ninth_tenth:?}, {longest:?}"
        );
    }
    assert!(cut > 10, "{cut}");
}

/// What is said of several places is said once.
#[test]
fn places_of_which_the_same_is_said_are_named_together() {
    let comparison = compare(&[&LAPTOP, &LAPTOP, &BASTION, &BASTION]);
    assert_eq!(
        comparison.findings[0].summary,
        "bastion and bastion-2 see the private zone through 192.168.0.2, laptop and laptop-2 ask 10.63.200.10, which \
         answers from public DNS"
    );
    assert!(
        comparison.findings[0]
            .explanation
            .contains("The paths of laptop and laptop-2 do not lead there: 10.63.200.10 does not "),
        "{}",
        comparison.findings[0].explanation
    );
}

/// Each clause has commas of its own.
#[test]
fn places_that_ask_others_are_apart_in_the_summary() {
    let desk = changed(&LAPTOP, |document| {
        document["vantage"]["name"] = json!("desk");
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        document["resolvers"].as_array_mut().unwrap().truncate(1);
    });
    let laptop = changed(&LAPTOP, |document| {
        document["resolvers"].as_array_mut().unwrap().truncate(1);
    });
    assert_eq!(
        compare(&[&laptop, &desk, &BASTION]).findings[0].summary,
        "bastion sees the private zone through 192.168.0.2; laptop asks 10.63.200.10, which answers from public DNS; \
         desk asks 10.9.9.9, which answers from public DNS"
    );
}
