//! The resolver removes private addresses from answers.

use super::phrase::{self, observed, observed_sibling, observed_target};
use super::shared::rebinding::{FilteredAnswer, is_left_behind_it, shape};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, grouped, remedy};
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// The resolver refuses to pass on private addresses that come from outside: protection against DNS rebinding. A
    /// private endpoint has only private addresses, so its answer arrives empty or not at all.
    ///
    /// ## How it was decided
    /// The private addresses are known from elsewhere (a resolver of the VPC, a public resolver, or what is expected),
    /// a random sibling of the name gets an ordinary NXDOMAIN here, with a SOA of AWS's, so the resolver does reach the
    /// zone, and the name itself gets the answer that such filters leave: NOERROR without a record and without the SOA
    /// of a real NODATA (dnsmasq, with EDE 15 in recent versions, and Unbound), SERVFAIL for A while AAAA is answered
    /// (BIND's `deny-answer-addresses`), or REFUSED with EDE 18 (Knot Resolver). Unbound strips only the private
    /// records of an answer that has public ones too; the others drop it whole. Where the resolver says that it runs a
    /// program which leaves another answer, a server that it asks is meant, and a SERVFAIL or REFUSED says little.
    ///
    /// ## Why it matters
    /// kubectl prints `no such host`, or `server misbehaving` where the filter answers SERVFAIL or REFUSED, as
    /// if the name did not exist. A conditional forward to the VPC alone does not help, because forwarded
    /// answers are filtered too.
    ///
    /// ## What to do
    /// Except the domain of endpoint names from the filter: `rebind-domain-ok` in dnsmasq, `rebind_domain` in
    /// OpenWrt, `private-domain` in Unbound (pfSense, OPNsense), `except-from` in BIND.
    "rebinding-protection" = {
        summary: "the resolver removes private addresses from answers",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the server drops private addresses: this name fails, a public one resolves",
        complaints: [Denial 30, Failure 40, Refused 20, Bogus 20, Rebind 10],
        shows: [OneAnswer, OwnConfiguration],
        references: [DNSMASQ_REBIND, UNBOUND_PRIVATE, BIND_DENY_ANSWER_ADDRESSES, PFSENSE_REBINDING, RFC_8914_POLICY],
        at: Failing,
        requires: [
            [LEGIBLE],
            [PRIVATE_ADDRESSES_KNOWN],
            [DENIED_WITHOUT_SOA, SERVFAIL, REFUSED],
            [SIBLING_IS_ORDINARY, DENIED_WITHOUT_SOA],
            [SIBLING_IS_ORDINARY, MARKED_AS_POLICY],
            [unless FIREWALL_BLOCKS],
        ],
        confidence: [
            Certain if [[MARKED_AS_REBINDING]],
            High if [[LEFT_WITHOUT_MARK_OR_SOA]],
            Low if [[FAILS_AS_ITS_FILTER_DOES_NOT]],
            Medium,
        ],
        wants: [Controls],
        explains: [OnlyAFails],
        stage: Stage::Evidence,
    }
}

impl FilteredAnswer {
    /// The software that answers like this.
    fn software(self) -> Software {
        match self {
            Self::Marked | Self::MarkedUnchecked => Software::Dnsmasq,
            Self::Bare => Software::Unbound,
            Self::ServFail => Software::Bind,
            Self::Refused => Software::Knot,
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::Marked => {
                "NOERROR without a record, marked EDE 15 (Blocked). dnsmasq leaves that of an answer with private \
                 addresses under stop-dns-rebind (OpenWrt, Pi-hole and many home routers use it)"
            }
            Self::MarkedUnchecked => {
                "NOERROR without a record, marked EDE 15 (Blocked). dnsmasq leaves that of an answer with private \
                 addresses under stop-dns-rebind. A block list that holds the name would look alike"
            }
            Self::Bare => {
                "NOERROR without a record and without the SOA of a real NODATA. Unbound's private-address (pfSense, \
                 OPNsense) leaves that of an answer with private addresses. dnsmasq's stop-dns-rebind does too, where \
                 it sends no Extended DNS Errors"
            }
            Self::ServFail => {
                "SERVFAIL for A while AAAA is answered. BIND's deny-answer-addresses makes that of an answer with \
                 private addresses. BIND's log says so (\"answer address … denied\"); a fault of A alone \
                 further up would look alike"
            }
            Self::Refused => {
                "REFUSED, marked EDE 18 (Prohibited). Knot Resolver's rebinding module makes that of an answer with \
                 private addresses. A policy against this one name would look alike"
            }
        }
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    grouped(fits.subjects(), |subject| {
        let shape = shape(case, subject)?;
        Some((shape, is_left_behind_it(subject, shape)))
    })
    .into_iter()
    .map(|((shape, is_behind), subjects)| finding(case, fits.least_sure_at(&subjects), shape, is_behind, &subjects))
    .collect()
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    shape: FilteredAnswer,
    is_behind: bool,
    subjects: &[&Subject<'_>],
) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let does = match confidence {
        Confidence::Certain | Confidence::High => phrase::plural(several, "removes", "remove"),
        Confidence::Medium | Confidence::Low => phrase::plural(several, "probably removes", "probably remove"),
    };
    let known: Vec<&Subject<'_>> = case
        .vpc_side()
        .chain(case.public())
        .filter(|other| other.has_private_addresses() && !subjects.iter().any(|x| x.name() == other.name()))
        .collect();
    let known_from = if known.is_empty() {
        format!("by {}", case.expected.source)
    } else {
        format!("from {}", phrase::titles(&known))
    };
    let sibling = if shape == FilteredAnswer::MarkedUnchecked && subjects.iter().all(|x| x.sibling().is_none()) {
        " The control questions were not asked, so that the rest of the zone resolves there is not known."
    } else {
        " A random sibling of the name gets NXDOMAIN there as it should, with a SOA of AWS's, so the zone is \
         reached."
    };
    let mut evidence: Vec<Evidence> = subjects
        .iter()
        .flat_map(|subject| {
            let mut evidence = observed_target(subject);
            evidence.extend(observed_sibling(subject));
            evidence
        })
        .collect();
    evidence.extend(known.iter().filter_map(|subject| Some(observed(subject, subject.a()?))));
    let asks = phrase::plural(several, "asks", "ask");
    let another = if is_behind {
        let programs = subjects.iter().filter_map(|subject| subject.software);
        let programs = phrase::list(&phrase::each_once(programs.map(|software| software.title().to_owned())));
        if shape == FilteredAnswer::Bare {
            format!(" {programs} leaves no such answer by itself, so the filter is at a server that {who} {asks}.")
        } else {
            format!(
                " {programs} does not filter so. So a server that {who} {asks} may do it, or what {who} {asks} fails for A \
                 alone."
            )
        }
    } else if shape == FilteredAnswer::Bare {
        " A policy zone that blocks by address (rpz-ip) would look the same.".to_owned()
    } else {
        String::new()
    };
    let remedies = if is_behind {
        let mut behind = remedy::filter::private_answers_behind(case, shape.software());
        if confidence == Confidence::Low {
            behind.insert(0, ask_behind(&who, asks));
        }
        behind
    } else {
        remedy::filter::private_answers(case, shape.software())
    };
    RULE.finding(confidence, subjects)
        .summary(if is_behind && confidence == Confidence::Low {
            format!(
                "{who} {} for the addresses of this name alone, and the cause is not known: a server that {who} {asks} may \
                 remove private addresses (rebinding protection)",
                phrase::plural(several, "fails", "fail"),
            )
        } else if is_behind {
            format!(
                "a server that {who} {asks} removes private addresses from answers (rebinding protection), so this name \
                 has none there"
            )
        } else {
            format!("{who} {does} private addresses from answers (rebinding protection), so this name has none there")
        })
        .why(format!(
            "The endpoint's private addresses are known {known_from}. {who} {} {}.{sibling}{another}",
            phrase::plural(several, "answers", "answer"),
            shape.explanation(),
        ))
        .seen(evidence)
        .fix(remedies)
}

/// Where it is not known whether anything filters.
fn ask_behind(who: &str, asks: &str) -> Remedy {
    Remedy::advice(format!(
        "Ask the servers that {who} {asks} for this name, from its own host, for A and for AAAA, and read its log: the \
         answer for A shows which of them fails, or filters"
    ))
}
