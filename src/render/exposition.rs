//! The text in which metrics are exposed. What is written is OpenMetrics 1.0 and, at the same time, Prometheus's own
//! text format 0.0.4, which is what node_exporter's textfile collector reads.
//!
//! Where the two differ, only what both read is written. A state set and an info are declared as gauges: the text
//! format knows neither type, and a file that names one is refused as a whole (prometheus/common, expfmt/text_parse.go,
//! "unknown metric type"). The samples are those of a state set nevertheless: one a state, 0 or 1, under a label that
//! has the name of the metric (OpenMetrics 1.0, StateSet). There are no counters, whose names differ in the two, and no
//! times of samples, for which the textfile collector refuses a file (node_exporter, collector/textfile.go). Times of
//! checks are values.

use std::collections::HashSet;
use std::fmt;

use super::Style;

/// A metric: its name, what it is, and its labels. Every sample has all of its labels; an empty one is not known.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub help: &'static str,
    /// Its labels; the last of a state set is the state.
    pub labels: &'static [&'static str],
}

impl Metric {
    /// Whether it has a sample for each of its states.
    pub fn is_state_set(&self) -> bool {
        self.labels.last() == Some(&self.name)
    }
}

/// The last line.
pub(crate) const END: &str = "# EOF\n";

/// Metrics with their samples, in the order in which they first come up.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    families: Vec<MetricFamily>,
}

#[derive(Debug)]
struct MetricFamily {
    metric: &'static Metric,
    samples: Vec<(Vec<String>, f64)>,
    /// The labels that have a sample: a second one would make the whole text unreadable.
    taken: HashSet<Vec<String>>,
}

impl Exposition {
    /// Adds a sample, with the values of the metric's labels in their order. Of two with the same labels the first
    /// counts. What is no number is left out.
    pub(crate) fn add(&mut self, metric: &'static Metric, labels: &[&str], value: f64) {
        debug_assert_eq!(metric.labels.len(), labels.len(), "{}", metric.name);
        if !value.is_finite() {
            return;
        }
        let at = self.families.iter().position(|family| family.metric == metric);
        let at = at.unwrap_or_else(|| {
            self.families.push(MetricFamily {
                metric,
                samples: Vec::new(),
                taken: HashSet::new(),
            });
            self.families.len() - 1
        });
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        let family = &mut self.families[at];
        if family.taken.insert(labels.clone()) {
            family.samples.push((labels, value));
        }
    }

    /// Adds the samples of a state set: 1 for the state it is in, 0 for every other.
    pub(crate) fn state(&mut self, metric: &'static Metric, labels: &[&str], states: &[&str], is: &str) {
        let known = states.contains(&is);
        for state in states.iter().copied().chain((!known).then_some(is)) {
            let labels: Vec<&str> = labels.iter().copied().chain([state]).collect();
            self.add(metric, &labels, f64::from(u8::from(state == is)));
        }
    }

    /// Writes all of it, and its end.
    pub(crate) fn write(&self, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
        self.write_samples(style, out)?;
        out.write_str(END)
    }

    /// Writes all of it where more follows.
    pub(crate) fn write_samples(&self, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
        for MetricFamily { metric, samples, .. } in &self.families {
            writeln!(out, "# HELP {} {}", metric.name, metric.help)?;
            writeln!(out, "# TYPE {} gauge", metric.name)?;
            for (values, value) in samples {
                out.write_str(metric.name)?;
                let mut before = '{';
                for (label, value) in metric.labels.iter().zip(values) {
                    write!(out, "{before}{label}=\"{}\"", escape(&style.escape(value)))?;
                    before = ',';
                }
                out.write_str(if before == ',' { "} " } else { " " })?;
                writeln!(out, "{value}")?;
            }
        }
        Ok(())
    }
}

/// The value of a label, between its quotation marks: both formats escape these three and nothing else.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// A name that no other has: the second of a kind is `NAME (2)`. A capture may say anything, and two samples with the
/// same labels are no text that is read.
#[derive(Debug, Default)]
pub(crate) struct Unique(HashSet<String>);

impl Unique {
    /// The name, or the next like it that is free.
    pub(crate) fn name(&mut self, name: &str) -> String {
        let mut unique = name.to_owned();
        let mut number = 2;
        while !self.0.insert(unique.clone()) {
            unique = format!("{name} ({number})");
            number += 1;
        }
        unique
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    const PLAIN: Metric = Metric {
        name: "plain",
        help: "A number.",
        labels: &[],
    };
    const STATE: Metric = Metric {
        name: "state",
        help: "A state.",
        labels: &["of", "state"],
    };

    fn written(exposition: &Exposition) -> String {
        let mut out = String::new();
        exposition.write(&Style::default(), &mut out).unwrap();
        out
    }

    #[test]
    fn samples_stand_below_their_metric_and_none_twice() {
        let mut exposition = Exposition::default();
        exposition.state(&STATE, &["a"], &["on", "off"], "on");
        exposition.add(&PLAIN, &[], 1.5);
        exposition.state(&STATE, &["b"], &["on", "off"], "broken");
        exposition.state(&STATE, &["a"], &["on", "off"], "off");
        exposition.add(&PLAIN, &[], 2.0);
        exposition.add(&PLAIN, &[], f64::NAN);
        assert_eq!(
            written(&exposition),
            "# HELP state A state.\n# TYPE state gauge\n\
             state{of=\"a\",state=\"on\"} 1\nstate{of=\"a\",state=\"off\"} 0\n\
             state{of=\"b\",state=\"on\"} 0\nstate{of=\"b\",state=\"off\"} 0\nstate{of=\"b\",state=\"broken\"} 1\n\
             # HELP plain A number.\n# TYPE plain gauge\nplain 1.5\n# EOF\n"
        );
        assert!(STATE.is_state_set() && !PLAIN.is_state_set());
    }

    #[test]
    fn a_label_ends_where_its_value_ends() {
        let mut exposition = Exposition::default();
        exposition.add(&STATE, &["a\"} 1\nb\\", "\u{1b}[31m\u{202e}"], 1.0);
        assert!(
            written(&exposition).contains("state{of=\"a\\\"} 1\\\\nb\\\\\",state=\"\\\\u{1b}[31m\\\\u{202e}\"} 1\n"),
            "{}",
            written(&exposition)
        );
    }

    #[test]
    fn names_are_made_unique() {
        let mut unique = Unique::default();
        let names = ["a", "a", "a (2)", "a"].map(|name| unique.name(name));
        assert_eq!(names, ["a", "a (2)", "a (2) (2)", "a (3)"]);
    }
}
