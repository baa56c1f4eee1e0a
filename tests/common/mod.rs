//! What the lab tests and the case tests share.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes its fixtures")]

use std::fmt::Write as _;
use std::path::PathBuf;

use eks_dns_doctor::lab::scenario::{Outcome, Scenario};
use eks_dns_doctor::render::{self, Format, Style};
use eks_dns_doctor::report::Report;

/// The folder of a scenario.
pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/cases")
        .join(name)
}

/// Whether the generated files are to be written rather than compared.
pub(crate) fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| !value.is_empty())
}

/// The generated files of a scenario: name and content.
pub(crate) fn rendered(report: &Report) -> Vec<(String, String)> {
    Format::VARIANTS
        .iter()
        .map(|format| {
            let style = Style {
                color: false,
                ascii: false,
                width: 80,
                verbose: false,
            };
            let mut text = String::new();
            render::render(report, *format, &style, &mut text).expect("a String takes all");
            let extension = match format {
                Format::Table => "txt",
                Format::Short => "short",
                Format::Json => "json",
                Format::Markdown => "md",
            };
            (format!("report.{extension}"), text)
        })
        .collect()
}

/// Holds a report against the diagnosis that the scenario states: exactly these findings, in this order.
pub(crate) fn check_outcome(report: &Report, scenario: &Scenario) -> Result<(), String> {
    let found = Outcome::of(report);
    if found == scenario.expect {
        return Ok(());
    }
    let mut table = String::new();
    for resolver in &report.resolvers {
        let kinds: Vec<String> = resolver
            .probed
            .lookups
            .iter()
            .map(|lookup| format!("{:?} {}={}", lookup.purpose, lookup.qtype, lookup.kind))
            .collect();
        let name = &resolver.probed.resolver.name;
        let view = resolver.view.as_str();
        let _ = write!(
            table,
            "\n  {name} {} view {view}: {}",
            resolver.verdict,
            kinds.join(", ")
        );
    }
    Err(format!(
        "expected {:#?}\nfound {found:#?}\nresolvers:{table}",
        scenario.expect
    ))
}

/// Holds a generated text against its file, or writes the file where it is to be blessed.
pub(crate) fn check_file(name: &str, file: &str, text: &str) -> Result<(), String> {
    let path = folder(name).join(file);
    if blessing() {
        return std::fs::write(&path, text).map_err(|error| error.to_string());
    }
    let golden =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error} (BLESS=1 writes it)", path.display()))?;
    if golden == text {
        return Ok(());
    }
    let line = golden
        .lines()
        .zip(text.lines())
        .position(|(a, b)| a != b)
        .unwrap_or_else(|| golden.lines().count().min(text.lines().count()));
    Err(format!(
        "{file} differs from line {} on (BLESS=1 rewrites it):\n- {}\n+ {}",
        line + 1,
        golden.lines().nth(line).unwrap_or("<end>"),
        text.lines().nth(line).unwrap_or("<end>"),
    ))
}
