//! Every scenario without a network: today's rules on the recorded observations give exactly the findings that the
//! scenario states. Their words stand once a rule, in `fixtures/findings`; what a whole report looks like is shown by a
//! few chosen scenarios in every format, in `fixtures/pages`.
//!
//! `BLESS=1 cargo test --test cases` writes both anew.

#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use eks_dns_doctor::capture;
use eks_dns_doctor::facts::Cluster;
use eks_dns_doctor::lab;
use eks_dns_doctor::render::{self, Format, Style};
use eks_dns_doctor::report::{Capture, Conclusion, Report, diagnose};
use eks_dns_doctor::rules::{Finding, RULES};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = lab::names()
        .map(|name| Trial::test(name, move || replay(name)))
        .collect();
    trials.extend(
        RULES
            .iter()
            .map(|rule| Trial::test(format!("findings/{}", rule.name), || findings(rule.name))),
    );
    trials.extend(
        pages()
            .into_iter()
            .map(|name| Trial::test(format!("pages/{name}"), move || page(&name))),
    );
    trials.push(Trial::test("the_first_screen_is_short", the_first_screen_is_short));
    trials.push(Trial::test(
        "nothing_is_said_twice_on_the_first_screen",
        nothing_is_said_twice_on_the_first_screen,
    ));
    trials.push(Trial::test(
        "every_broken_report_has_the_way_as_a_picture",
        every_broken_report_has_the_way_as_a_picture,
    ));
    trials.push(Trial::test(
        "no_way_is_proposed_to_a_cluster_without_an_endpoint",
        no_way_is_proposed_to_a_cluster_without_an_endpoint,
    ));
    trials.push(Trial::test(
        "no_command_holds_shell_syntax_of_the_facts",
        no_command_holds_shell_syntax_of_the_facts,
    ));
    trials.push(Trial::test("every_line_stands_in_a_page", every_line_stands_in_a_page));
    trials.push(Trial::test(
        "no_page_or_rule_is_left_that_nothing_writes",
        nothing_is_left,
    ));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The recorded observations of a scenario: what today's rules are held to without a network.
fn recorded(name: &str) -> Result<Capture, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/cases")
        .join(name)
        .join(common::CAPTURE);
    let bytes = std::fs::read(&path)
        .map_err(|error| format!("{}: {error} (BLESS=1 cargo test --test lab writes it)", path.display()))?;
    capture::parse(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether pages in it are recorded. JSON Lines are the document again, on one line: src/render/tests holds the two to
/// each other. HTML has markdown's words; how it looks is seen in a browser, by `.ci/pages.py`.
fn is_recorded(format: Format) -> bool {
    !matches!(format, Format::Jsonl | Format::Html)
}

/// A report in every format, at 80 columns: the ending of its file, and the text.
fn rendered(report: &Report) -> Vec<(&'static str, String)> {
    Format::VARIANTS
        .iter()
        .filter(|format| is_recorded(**format))
        .map(|format| {
            let mut text = String::new();
            render::render(report, *format, &Style::default(), &mut text).expect("a String takes all");
            (format.ending(), text)
        })
        .collect()
}

/// The observations of every scenario, beside a cluster that has no endpoint yet or any more, or whose endpoint goes: no
/// finding proposes a forward, an inbound endpoint, or to ask one, nor any change in AWS.
fn no_way_is_proposed_to_a_cluster_without_an_endpoint() -> Result<(), Failed> {
    const WAYS: [&str; 6] = [
        "--inbound",
        "forward-addr",
        "forwarders {",
        "create-resolver-",
        "aws_route53_resolver_rule",
        "orward the endpoint's own name",
    ];
    let mut wrong = Vec::new();
    let (mut changed, mut said) = (0, 0);
    for (status, keeps_it) in [
        ("DELETING", true),
        ("DELETING", false),
        ("CREATING", false),
        ("FAILED", false),
    ] {
        for name in lab::names() {
            let mut capture = recorded(name)?;
            let mut cluster = capture.facts.aws.cluster.take().unwrap_or_else(|| Cluster {
                name: "shared-cluster".to_owned(),
                ..Cluster::default()
            });
            if cluster.is_connected || cluster.host().is_some_and(|host| host != capture.target.hostname) {
                continue;
            }
            changed += 1;
            cluster.endpoint = keeps_it.then(|| format!("https://{}", capture.target.hostname));
            cluster.status = Some(status.to_owned());
            capture.facts.aws.cluster = Some(cluster);
            let report = diagnose(capture);
            said += usize::from(
                report
                    .findings
                    .iter()
                    .any(|found| found.rule == "cluster-transitioning"),
            );
            for finding in &report.findings {
                for remedy in &finding.remedies {
                    if remedy.commands.iter().any(|command| changes_aws(command)) {
                        wrong.push(format!(
                            "{status} {name}: {}: changes AWS: {}",
                            finding.rule, remedy.title
                        ));
                    }
                    let text = format!("{}\n{}", remedy.title, remedy.commands.join("\n"));
                    if WAYS.iter().any(|way| text.contains(way)) {
                        wrong.push(format!("{status} {name}: {}: {}", finding.rule, remedy.title));
                    }
                }
            }
            let mut page = String::new();
            render::render(&report, Format::Table, &Style::default(), &mut page).expect("a String takes all");
            // The last paragraph says which flags would help.
            let last = page.rsplit("Not checked:").next().unwrap_or_default();
            if last.contains("--inbound") {
                wrong.push(format!("{status} {name}: {last}"));
            }
        }
    }
    assert!(changed > 800 && said == changed, "{said} of {changed}");
    wrong.sort();
    wrong.dedup();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

/// Every scenario with ids of AWS in which a shell would read a second command: the same findings, and no command with
/// what was put there.
fn no_command_holds_shell_syntax_of_the_facts() -> Result<(), Failed> {
    const HOSTILE: [&str; 3] = [";touch x", " --endpoint-url=https://x.test", "'$(touch x)'"];
    // What this host says, and not AWS.
    const OF_THE_HOST: [&str; 7] = ["stub", "upstreams", "host", "hosts", "proxy", "kubeconfig", "origin"];
    fn spoil(value: &mut serde_json::Value, key: &str, with: &str) {
        match value {
            serde_json::Value::String(text)
                if key == "id"
                    || key.ends_with("_id")
                    || key.ends_with("_ids")
                    || key == "prefix_lists"
                    || key == "arn" && text.contains(":route53resolver:") =>
            {
                text.push_str(with);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, key, with)),
            serde_json::Value::Object(members) => {
                members.iter_mut().for_each(|(key, member)| spoil(member, key, with));
            }
            _ => {}
        }
    }
    let (mut wrong, mut held) = (Vec::new(), 0);
    for name in lab::names() {
        let whole = recorded(name)?;
        let findings = diagnose(whole.clone()).findings;
        for with in HOSTILE {
            // By way of its text, in which documents are written and read.
            let mut facts: serde_json::Value = serde_json::from_str(&serde_json::to_string(&whole.facts)?)?;
            for (key, fact) in facts.as_object_mut().into_iter().flatten() {
                if !OF_THE_HOST.contains(&key.as_str()) {
                    spoil(fact, key, with);
                }
            }
            let mut capture = whole.clone();
            capture.facts = serde_json::from_str(&facts.to_string())?;
            // A resolver is known to be a VPC's by the same id.
            for vpc in capture
                .observations
                .iter_mut()
                .filter_map(|probed| probed.resolver.vpc.as_mut())
            {
                vpc.push_str(with);
            }
            let spoiled = diagnose(capture).findings;
            if !spoiled
                .iter()
                .map(|found| &found.rule)
                .eq(findings.iter().map(|found| &found.rule))
            {
                wrong.push(format!("{name}: other findings with {with:?}"));
            }
            let remedies = spoiled.iter().flat_map(|found| &found.remedies);
            for command in remedies.flat_map(|remedy| &remedy.commands) {
                held += usize::from(command.contains("<as-AWS-has-it>"));
                if command.contains(with.trim()) {
                    wrong.push(format!("{name}: {command}"));
                }
            }
        }
    }
    if wrong.is_empty() && held > 100 {
        return Ok(());
    }
    Err(format!("{held} held\n{}", wrong.join("\n")).into())
}

/// Whether a command of the AWS CLI makes or changes something.
fn changes_aws(command: &str) -> bool {
    const VERBS: &str = "add associate attach authorize create delete detach disassociate import modify put remove \
                         replace revoke set update";
    command.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["aws", _, verb, ..] = words[..] else {
            return false;
        };
        verb != "update-kubeconfig"
            && VERBS
                .split_whitespace()
                .any(|known| verb.split('-').next() == Some(known))
    })
}

fn report(name: &str) -> Result<Report, String> {
    Ok(diagnose(recorded(name)?))
}

fn replay(name: &str) -> Result<(), Failed> {
    let (name, scenario) = lab::scenario(Some(name))?;
    common::check_outcome(&report(name)?, &scenario)?;
    Ok(())
}

/// What a rule says in its own scenarios, one below the other.
fn findings(rule: &str) -> Result<(), Failed> {
    let mut text = String::new();
    for name in lab::names().filter(|name| name.split('/').next() == Some(rule)) {
        let report = report(name)?;
        for finding in report.findings.iter().filter(|finding| finding.rule == rule) {
            let _ = writeln!(text, "=== {}", name.split('/').next_back().unwrap_or(name));
            put(finding, &mut text);
        }
    }
    common::check_file(&format!("findings/{rule}.txt"), &text)?;
    Ok(())
}

fn put(finding: &Finding, text: &mut String) {
    let (severity, confidence) = (finding.severity.as_str(), finding.confidence.as_str());
    let _ = writeln!(text, "{severity}, {confidence}: {}", finding.summary);
    if !finding.resolvers.is_empty() {
        let _ = writeln!(text, "at: {}", finding.resolvers.join(", "));
    }
    if let Some(cause) = &finding.caused_by {
        let _ = writeln!(text, "caused by: {cause}");
    }
    let _ = writeln!(text, "why: {}", finding.explanation);
    for evidence in &finding.evidence {
        let who = evidence
            .resolver
            .as_ref()
            .map(|who| format!("{who}: "))
            .unwrap_or_default();
        let _ = writeln!(text, "seen: {who}{}", evidence.observed);
    }
    for remedy in &finding.remedies {
        let software = remedy
            .software
            .map(|software| format!(" ({software})"))
            .unwrap_or_default();
        let _ = writeln!(text, "fix{software}: {}", remedy.title);
        for line in remedy.commands.iter().flat_map(|command| command.lines()) {
            let _ = writeln!(text, "{}", format!("    {line}").trim_end());
        }
    }
    text.push('\n');
}

/// The scenarios whose reports are shown in full, by `fixtures/pages.txt`: a name a line, and behind it what it shows.
fn pages() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages.txt");
    let list = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let names = list.lines().filter(|line| !line.starts_with('#'));
    names
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// The name of a page's files, without their ending.
fn stem(name: &str) -> String {
    name.replace('/', ".")
}

/// How many of the rules that were not evaluated a page lists.
const LISTED: usize = 3;

/// A scenario in every format, and at length. Which rules were not evaluated depends on the whole catalogue, so each new
/// rule would rewrite every page. The first page has them all. The others list the first [`LISTED`] and have `..` for
/// how many they are, and else are what the program prints.
fn page(name: &str) -> Result<(), Failed> {
    let report = report(name)?;
    let has_all = pages().first().is_some_and(|first| first == name);
    let mut cut = report.clone();
    if !has_all {
        cut.not_evaluated.truncate(LISTED);
    }
    for ((ending, whole), (_, cut)) in rendered(&report).into_iter().zip(rendered(&cut)) {
        let text = match ending {
            _ if has_all => whole,
            "txt" | "short" => without_count(&whole),
            "md" => with_summary_of(&cut, &without_count(&whole)),
            _ => cut,
        };
        common::check_file(&format!("pages/{}.{ending}", stem(name)), &text)?;
    }
    let style = Style {
        verbose: true,
        ..Style::default()
    };
    let mut text = String::new();
    render::render(&cut.with_why(), Format::Table, &style, &mut text)?;
    common::check_file(&format!("pages/{}.verbose.txt", stem(name)), &text)?;
    Ok(())
}

/// The text with `..` where it says how many findings need what was not checked.
fn without_count(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(" findings need") {
        let (before, after) = rest.split_at(at);
        let count = before.trim_end_matches(|c: char| c.is_ascii_digit());
        shown.push_str(count);
        shown.push_str(if count.len() < before.len() { ".." } else { "" });
        let (words, after) = after.split_at(" findings need".len());
        shown.push_str(words);
        rest = after;
    }
    shown + rest
}

/// The page, with the line of the whole one that says what was not checked and which flags would help.
fn with_summary_of(page: &str, whole: &str) -> String {
    let is_summary = |line: &&str| line.starts_with("**Not checked:** ");
    let summary = whole.lines().find(is_summary).unwrap_or_default();
    let lines = page.split_inclusive('\n');
    lines
        .map(|line| {
            if is_summary(&line) {
                format!("{summary}\n")
            } else {
                line.to_owned()
            }
        })
        .collect()
}

/// Every file of these folders belongs to a rule or a page that is there.
fn nothing_is_left() -> Result<(), Failed> {
    let mut expected: Vec<String> = RULES.iter().map(|rule| format!("findings/{}.txt", rule.name)).collect();
    for name in pages() {
        let endings = Format::VARIANTS
            .iter()
            .filter(|format| is_recorded(**format))
            .map(|format| format.ending())
            .chain(["verbose.txt"]);
        expected.extend(endings.map(|ending| format!("pages/{}.{ending}", stem(&name))));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for folder in ["findings", "pages"] {
        for entry in std::fs::read_dir(root.join(folder))? {
            let name = format!("{folder}/{}", entry?.file_name().to_string_lossy());
            if !expected.contains(&name) {
                return Err(format!("fixtures/{name}: nothing writes it any more").into());
            }
        }
    }
    Ok(())
}

/// The first screen at 80 columns, as `demo` prints it, and the part of a comment above the fold: nine of ten scenarios
/// within 40 lines, and none over 60.
/// A row is one of 80 columns: a longer line, which a command may be, takes several.
fn the_first_screen_is_short() -> Result<(), Failed> {
    let rows = |page: &str, ending: &str| -> usize {
        let of_line = |line: &str| {
            if ending == "txt" {
                line.chars().count().div_ceil(80).max(1)
            } else {
                1
            }
        };
        page.lines().map(of_line).sum()
    };
    for ending in ["txt", "md"] {
        let mut lines: Vec<(usize, &str)> = Vec::new();
        for name in lab::names() {
            let page = rendered(&report(name)?).into_iter().find(|(one, _)| *one == ending);
            let (_, text) = page.ok_or("there is no such page")?;
            let (first, _) = text.split_once("<details>").unwrap_or((&text, ""));
            let (_, scenario) = lab::scenario(Some(name)).map_err(|error| error.to_string())?;
            let heading = eks_dns_doctor::app::heading(name, &scenario.title);
            lines.push((rows(&heading, ending) + rows(first.trim_end(), ending), name));
        }
        lines.sort_unstable();
        let ninth_tenth = lines[lines.len() * 9 / 10];
        let longest = lines[lines.len() - 1];
        if ninth_tenth.0 > 40 || longest.0 > 60 {
            return Err(format!("{ending}: the ninth tenth is {ninth_tenth:?}, the longest {longest:?}").into());
        }
    }
    Ok(())
}

/// Words that stand twice on a page of 80 columns in the same order, at most: a resolver's title and the name of a zone
/// take that many.
const WORDS_TWICE: usize = 11;
/// Sentences of the reason below a headline, and their words.
const SENTENCES: usize = 4;
const WORDS_OF_A_SENTENCE: usize = 22;

/// The headline, the reason, the connections and the findings below say each thing once. Not meant are the table, the
/// lines of a client, which begin alike, and commands.
fn nothing_is_said_twice_on_the_first_screen() -> Result<(), Failed> {
    let mut wrong = String::new();
    let mut read = 0;
    for name in lab::names() {
        let (_, page) = rendered(&report(name)?)
            .into_iter()
            .find(|(ending, _)| *ending == "txt")
            .ok_or("there is no table")?;
        let is_meant = |part: &&str| {
            let begins = |with: &&str| part.trim_start().starts_with(*with);
            !["RESOLVER", "kubectl ", "Not checked", "Not waited for"]
                .iter()
                .any(begins)
                && !part.starts_with("    ")
        };
        let parts: Vec<&str> = page.split("\n\n").filter(is_meant).collect();
        let words: Vec<&str> = parts.iter().flat_map(|part| part.split_whitespace()).collect();
        for (at, run) in words.windows(WORDS_TWICE + 1).enumerate() {
            if words[at + 1..].windows(run.len()).any(|other| other == run) {
                let _ = writeln!(wrong, "{name}: twice: {}", run.join(" "));
                break;
            }
        }
        let Some(why) = parts.iter().find(|part| part.starts_with("  Why ")) else {
            continue;
        };
        read += 1;
        let why = why
            .lines()
            .take_while(|line| !line.starts_with("  Fix"))
            .collect::<Vec<_>>();
        let why = why.join(" ");
        let why = why.trim_start().trim_start_matches("Why ");
        let sentences: Vec<&str> = why.split(". ").collect();
        let words = |sentence: &&str| sentence.split_whitespace().count();
        let longest = sentences.iter().map(words).max().unwrap_or_default();
        if sentences.len() > SENTENCES || longest > WORDS_OF_A_SENTENCE {
            let _ = writeln!(wrong, "{name}: {} sentences, {longest} words: {why}", sentences.len());
        }
    }
    if read < 200 {
        return Err(format!("{read} pages give a reason").into());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// Where a resolver was asked and the outcome is broken, the way is drawn: in 80 columns, and in a comment on a ticket.
fn every_broken_report_has_the_way_as_a_picture() -> Result<(), Failed> {
    let mut drawn = 0;
    for name in lab::names() {
        let report = report(name)?;
        if report.conclusion != Conclusion::Broken || report.resolvers.is_empty() {
            continue;
        }
        drawn += 1;
        let pages = rendered(&report);
        let page = |wanted| pages.iter().find(|(ending, _)| *ending == wanted).map(|(_, text)| text);
        let lines = page("txt").into_iter().flat_map(|text| text.lines());
        let lines: Vec<&str> = lines.filter(|line| line.contains(" → ")).collect();
        if lines.is_empty() || lines.iter().any(|line| line.chars().count() > 80) {
            return Err(format!("{name}: {lines:?}").into());
        }
        if !page("md").is_some_and(|text| text.contains("flowchart LR")) {
            return Err(format!("{name}: there is no picture in markdown").into());
        }
    }
    if drawn == 0 {
        return Err("no scenario is broken".into());
    }
    Ok(())
}

/// Every text that the renderers' source holds stands in a page, so that a reviewer sees it in its place. What needs a
/// flag or an interruption to be printed is listed in `fixtures/pages-without.txt`, and tested in src/render/tests.
fn every_line_stands_in_a_page() -> Result<(), Failed> {
    const LISTED: &str = include_str!("../fixtures/pages-without.txt");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = String::new();
    for entry in std::fs::read_dir(root.join("fixtures/pages"))? {
        pages.push_str(&std::fs::read_to_string(entry?.path())?);
        pages.push('\n');
    }
    let pages = folded(&pages);
    let mut without: Vec<String> = Vec::new();
    for file in sources(&root.join("src/render"))? {
        let source = std::fs::read_to_string(file)?;
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let texts = literals(code).into_iter().map(|text| folded(&text));
        without.extend(texts.filter(|text| text.len() >= 6 && text.contains(' ') && !pages.contains(text)));
    }
    without.sort();
    without.dedup();
    let listed: Vec<&str> = LISTED.lines().filter(|line| !line.starts_with('#')).collect();
    if without == listed {
        return Ok(());
    }
    let new = without.iter().filter(|text| !listed.contains(&text.as_str()));
    let gone = listed.iter().filter(|text| !without.iter().any(|other| other == *text));
    let new: Vec<String> = new.map(|text| format!("+ {text}")).collect();
    let gone: Vec<String> = gone.map(|text| format!("- {text}")).collect();
    Err(format!(
        "fixtures/pages-without.txt is not the list of the texts that no page shows:\n{}\n{}",
        new.join("\n"),
        gone.join("\n")
    )
    .into())
}

/// The sources of the renderers of a report: `words` and the formats that people read.
fn sources(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let own = [
        "table.rs",
        "markdown.rs",
        "short.rs",
        "openmetrics.rs",
        "junit.rs",
        "nagios.rs",
        "not_checked.rs",
        "way.rs",
    ];
    let mut files: Vec<PathBuf> = own.map(|file| folder.join(file)).to_vec();
    for entry in std::fs::read_dir(folder.join("words"))? {
        files.push(entry?.path());
    }
    Ok(files)
}

/// Without the breaks of lines, and without what markdown puts before its own characters.
fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('\\', "")
}

/// The fixed parts of the string literals of a source file: what stands between the places that are filled in.
fn literals(source: &str) -> Vec<String> {
    let code: Vec<&str> = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//") && !line.trim_start().starts_with("#["))
        .collect();
    let code = code.join("\n");
    let mut found = Vec::new();
    let mut characters = code.chars().peekable();
    while let Some(c) = characters.next() {
        if c == '\'' && characters.peek() == Some(&'"') {
            characters.next();
        }
        if c != '"' {
            continue;
        }
        let mut text = String::new();
        while let Some(c) = characters.next() {
            match c {
                '"' => break,
                '\\' => match characters.next() {
                    Some('n') => text.push(' '),
                    Some('\n') => while characters.next_if(|c| c.is_whitespace()).is_some() {},
                    Some(c) => text.push(c),
                    None => {}
                },
                '{' if characters.peek() != Some(&'{') => {
                    found.push(std::mem::take(&mut text));
                    characters.by_ref().find(|c| *c == '}');
                }
                c => text.push(c),
            }
        }
        found.push(text);
    }
    found
}
