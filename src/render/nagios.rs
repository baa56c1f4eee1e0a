//! The one line of a monitoring plugin, with its performance data, and its exit code, as the Monitoring Plugins
//! Development Guidelines have them ("Plugin Output for Nagios", "Performance data", "Plugin Return Codes").

use std::fmt;

use super::Style;
use super::exposition::Unique;
use super::openmetrics::in_seconds;
use super::words::{self, Headline, LineMark};
use crate::limits;
use crate::report::{Conclusion, Report, exit};

/// What a plugin says of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceState {
    /// It works.
    Ok,
    /// It works, and something about it does not.
    Warning,
    /// It does not work.
    Critical,
    /// That is not known: the plugin could not find out, or not run.
    Unknown,
}

impl ServiceState {
    /// Of a run with this outcome and exit code: 0, 1 and 3 become 0, 2 and 3, and a warning 1. A run that could not be
    /// made, or was interrupted, tells nothing of the service.
    pub(crate) fn of(conclusion: Conclusion, exit_code: u8) -> Self {
        match exit_code {
            exit::HEALTHY if conclusion == Conclusion::Degraded => Self::Warning,
            exit::HEALTHY => Self::Ok,
            exit::BROKEN => Self::Critical,
            _ => Self::Unknown,
        }
    }

    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// A number of the performance data: `'label'=value[unit];;;minimum;[maximum]`.
#[derive(Debug)]
pub(crate) struct Number {
    pub(crate) label: String,
    pub(crate) value: f64,
    /// `s`, or nothing for a count.
    pub(crate) unit: &'static str,
    pub(crate) most: Option<usize>,
}

impl Number {
    /// A count, and the most it could be.
    pub(crate) fn count(label: &str, value: usize, most: Option<usize>) -> Self {
        Self {
            label: label.to_owned(),
            value: value as f64,
            unit: "",
            most,
        }
    }
}

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let in_scope = report.resolvers.iter().filter(|it| it.probed.resolver.in_scope).count();
    let of_mark = |wanted| {
        let marks = report.resolvers.iter().filter_map(|it| words::mark(report, it));
        marks.filter(|mark| *mark == wanted).count()
    };
    let not_checked = report.gaps.len() + report.not_evaluated.len();
    let mut numbers = vec![
        Number::count("in_scope", in_scope, None),
        Number::count("failing", of_mark(LineMark::Bad), Some(in_scope)),
        Number::count("not_known", of_mark(LineMark::Unsure), Some(in_scope)),
        Number::count("not_checked", not_checked, None),
    ];
    let mut names = Unique::default();
    for resolver in &report.resolvers {
        let name = names.name(&resolver.probed.resolver.name);
        if let Some(milliseconds) = words::response_time(&resolver.probed) {
            numbers.push(Number {
                label: format!("time_{name}"),
                value: in_seconds(milliseconds),
                unit: "s",
                most: None,
            });
        }
    }
    let service = ServiceState::of(report.conclusion, report.exit_code);
    line(
        service,
        &words::headline(report),
        report.interrupted,
        &numbers,
        style,
        out,
    )
}

/// Writes the line. Of the numbers as many are there as the line has room for, the first ones first.
pub(crate) fn line(
    service: ServiceState,
    headline: &Headline,
    interrupted: bool,
    numbers: &[Number],
    style: &Style,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let mut said = format!("{}: {}", headline.conclusion, headline.text);
    if let Some(tag) = &headline.tag {
        said = format!("{said} [{tag}]");
    }
    if interrupted {
        said.push_str(", interrupted");
    }
    let mut line = status(service, &said, style);
    let mut before = '|';
    for number in numbers.iter().filter(|number| number.value.is_finite()) {
        let label = label(&style.escape(&number.label));
        let most = number.most.map(|most| most.to_string()).unwrap_or_default();
        let number = format!("{before}'{label}'={}{};;;0;{most}", number.value, number.unit);
        if line.len() + number.len() >= limits::PLUGIN_OUTPUT {
            break;
        }
        line.push_str(&number);
        before = ' ';
    }
    writeln!(out, "{line}")
}

/// What a plugin says where it could not run.
pub(crate) fn could_not_run(reason: &str) -> String {
    status(ServiceState::Unknown, reason, &Style::default())
}

/// The line without its numbers. A bar would end the text (the numbers begin behind it), so it is shown as its code.
fn status(service: ServiceState, said: &str, style: &Style) -> String {
    let said = style.escape(said).replace('|', "\\u{7c}");
    let mut shown: String = said.chars().take(limits::PLUGIN_TEXT).collect();
    if shown.len() < said.len() {
        shown.push_str("...");
    }
    format!("EKS DNS {} - {shown}", service.as_str())
}

/// A label, between single quotes: it holds neither a quote nor an equals sign. What has no place in it is shown as its
/// code, so that two labels stay two.
fn label(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\'' | '=' | '|' => c.escape_unicode().to_string(),
            _ => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn shown(text: &str, labels: &[&str]) -> String {
        let headline = Headline {
            mark: LineMark::Bad,
            conclusion: "broken",
            text: text.to_owned(),
            tag: None,
        };
        let numbers: Vec<Number> = labels.iter().map(|label| Number::count(label, 1, None)).collect();
        let mut out = String::new();
        line(
            ServiceState::Critical,
            &headline,
            false,
            &numbers,
            &Style::default(),
            &mut out,
        )
        .unwrap();
        out
    }

    #[test]
    fn the_codes_are_those_of_plugins() {
        for (conclusion, code, plugin) in [
            (Conclusion::Healthy, exit::HEALTHY, 0),
            (Conclusion::Degraded, exit::HEALTHY, 1),
            (Conclusion::Degraded, exit::BROKEN, 2),
            (Conclusion::Broken, exit::BROKEN, 2),
            (Conclusion::Inconclusive, exit::INCONCLUSIVE, 3),
            (Conclusion::Broken, exit::INTERRUPTED, 3),
            (Conclusion::Healthy, exit::COULD_NOT_RUN, 3),
        ] {
            assert_eq!(
                ServiceState::of(conclusion, code).code(),
                plugin,
                "{conclusion:?} {code}"
            );
        }
    }

    #[test]
    fn one_bar_and_whole_labels() {
        assert_eq!(
            shown("a|b\n'c'=d", &["x y", "it's=|\u{1b}"]),
            "EKS DNS CRITICAL - broken: a\\u{7c}b\\n'c'=d|'x y'=1;;;0; 'it\\u{27}s\\u{3d}\\u{7c}\\u{1b}'=1;;;0;\n"
        );
    }

    #[test]
    fn the_line_has_an_end() {
        let long = shown(&"x".repeat(100_000), &["first", &"y".repeat(10_000)]);
        assert!(long.len() < limits::PLUGIN_OUTPUT, "{}", long.len());
        assert!(long.ends_with("...|'first'=1;;;0;\n"), "{long}");
    }
}
