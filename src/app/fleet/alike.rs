//! Targets that are alike: they differ in their first label, in which addresses they have, and in times.
//!
//! A healthy target of many is most often like the one before it: the same resolvers gave it addresses of the same
//! classes, all of which are expected. Its report then differs from the other's in those values alone. So the first of
//! them is diagnosed, and a second time with made-up values in the place of its own: where those stand in the line that
//! is printed, the values of each further target are to stand. That is used only where it gives the first target's own
//! line, octet for octet. In a debug build every target is diagnosed, and its line is held to this one.
//!
//! Two targets are alike where their fingerprints are equal: everything that a diagnosis reads of answers, but the
//! values. Of addresses it has the class, in which of the known networks they are, which of them are equal, and their
//! order; of labels the length and the kinds of characters. A time is left out where it is so short that no rule and no
//! client takes it for late, and so are TTLs: what reads them looks at denied names.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::bulk::{TargetAnswers, is_plain};
use super::list::ListedTarget;
use crate::address::AddressClass;
use crate::bulk::{BulkServer, LookupOutcome, QuestionOutcome, ServerAnswer};
use crate::dns::{Name, RData, RecordType};
use crate::limits;
use crate::probed::ForOthers;
use crate::report::{Conclusion, Report};
use crate::resolvers::Resolver;
use crate::settings::Settings;

/// The least length of a first label that cannot stand in a line by chance.
const LABEL: usize = 16;
/// The time that is made up for the first reply, in microseconds, and between two.
const TIMES: (u64, u64) = (313_171, 17);
/// The TTL that is made up for the first record, in seconds, and between two.
const TTLS: (u32, u32) = (2_000_000_011, 17);
/// The time of day that is made up.
const TAKEN_AT: &str = "2001-02-03T04:05:06Z";

/// What one target has that those which are like it have otherwise.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Values {
    /// Its first label.
    label: String,
    /// Its addresses, each once, in the order in which they are met.
    addresses: Vec<IpAddr>,
    /// The TTL of each record.
    ttls: Vec<u32>,
    /// The time of each reply.
    times: Vec<Duration>,
}

/// Where a value stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValuePlace {
    Label,
    LowerLabel,
    Address(usize),
    Ttl(usize),
    Time(usize),
    TakenAt,
}

/// What is printed of targets that are alike.
pub(super) struct LinePattern {
    /// The report of the first of them: what it says beside those values holds for all.
    pub(super) report: Arc<Report>,
    /// What each of them shows of the resolvers to targets that are not like it.
    pub(super) shown: Vec<(Resolver, ForOthers)>,
    /// Its line, without what the target is called, with made-up values.
    text: String,
    /// Where those stand, in their order.
    places: Vec<(Range<usize>, ValuePlace)>,
}

/// What is known of the targets with one fingerprint.
enum Precedent {
    /// The first of them is being diagnosed.
    Soon,
    /// What is printed of them.
    Pattern(Rc<LinePattern>),
    /// Each is to be diagnosed.
    Nothing,
}

/// How a target is to be decided.
pub(super) enum DecidedHow {
    /// Like another.
    Alike(Rc<LinePattern>),
    /// When the other that it is like is diagnosed.
    Later,
    /// By itself.
    Diagnose,
    /// By itself, and others may be like it.
    Learn(First),
}

/// The first target with its fingerprint.
#[derive(Clone)]
pub(super) struct First {
    fingerprint: Vec<u8>,
    since: u64,
    values: Values,
}

/// The targets that were diagnosed and that others are like.
#[derive(Default)]
pub(super) struct Alike {
    known: HashMap<Vec<u8>, Precedent>,
    /// How often what is known of the resolvers has changed.
    since: u64,
    fingerprint: Vec<u8>,
    values: Values,
}

impl Alike {
    /// What all targets share is not what it was: nothing that was made out before holds.
    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.since += 1;
    }

    /// How this target is decided. Nobody asks the servers that are `left_out`: they are silent.
    pub(super) fn way(
        &mut self,
        entry: &ListedTarget,
        answers: &TargetAnswers,
        (servers, left_out): (&[(Resolver, BulkServer)], &[usize]),
        settings: &Settings,
    ) -> DecidedHow {
        self.fingerprint.clear();
        let mut taking = Taking {
            fingerprint: &mut self.fingerprint,
            values: &mut self.values,
        };
        if taking.all(entry, answers, (servers, left_out), settings).is_none() {
            return DecidedHow::Diagnose;
        }
        match self.known.get(&self.fingerprint) {
            Some(Precedent::Pattern(pattern)) => DecidedHow::Alike(Rc::clone(pattern)),
            Some(Precedent::Soon) => DecidedHow::Later,
            Some(Precedent::Nothing) => DecidedHow::Diagnose,
            None if self.known.len() >= limits::ALIKE => DecidedHow::Diagnose,
            None => {
                self.known.insert(self.fingerprint.clone(), Precedent::Soon);
                DecidedHow::Learn(First {
                    fingerprint: self.fingerprint.clone(),
                    since: self.since,
                    values: self.values.clone(),
                })
            }
        }
    }

    /// How often what is known of the resolvers has changed.
    pub(super) fn since(&self) -> u64 {
        self.since
    }

    /// The values of the target that was looked at last.
    pub(super) fn values(&self) -> &Values {
        &self.values
    }

    /// Takes what the first target with a fingerprint came to.
    pub(super) fn learn(&mut self, first: First, pattern: Option<LinePattern>) {
        if first.since == self.since {
            let known = pattern.map_or(Precedent::Nothing, |pattern| Precedent::Pattern(Rc::new(pattern)));
            self.known.insert(first.fingerprint, known);
        }
    }
}

/// Takes the fingerprint and the values of one target.
struct Taking<'a> {
    fingerprint: &'a mut Vec<u8>,
    values: &'a mut Values,
}

impl Taking<'_> {
    /// `None` where nothing could be like it.
    fn all(
        &mut self,
        entry: &ListedTarget,
        answers: &TargetAnswers,
        (servers, left_out): (&[(Resolver, BulkServer)], &[usize]),
        settings: &Settings,
    ) -> Option<()> {
        let values = &mut *self.values;
        values.label.clear();
        values.addresses.clear();
        values.ttls.clear();
        values.times.clear();
        let target = &entry.target.target;
        // What is expected of all has its own addresses, which those of a target may or may not be.
        if !settings.asked.expect_addresses.is_empty() && !target.expects_anything() {
            return None;
        }
        entry.describe(self.fingerprint).then_some(())?;
        self.label(&target.hostname)?;
        self.count(target.expect_addresses.len())?;
        for ip in &target.expect_addresses {
            self.address(*ip)?;
        }
        let answers = answers.in_order(servers.len(), left_out)?;
        for answer in answers {
            if answer.late != 0 {
                return None;
            }
            self.asked(answer.a.asked()?, &target.hostname, RecordType::A)?;
            self.asked(answer.aaaa.asked()?, &target.hostname, RecordType::AAAA)?;
        }
        let networks = entry.networks(settings);
        let is_a_server = |ip: &IpAddr| servers.iter().any(|(_, server)| server.at.ip() == *ip);
        for ip in &self.values.addresses {
            let class = AddressClass::of(*ip);
            let is_usual = matches!(
                class,
                AddressClass::Private | AddressClass::Public | AddressClass::Cgnat | AddressClass::Benchmark
            );
            if !is_usual || is_a_server(ip) {
                return None;
            }
            let before = self.values.addresses.iter().filter(|other| *other < ip).count();
            self.fingerprint.extend([u8::from(ip.is_ipv6()), class as u8]);
            self.fingerprint.push(u8::try_from(before).ok()?);
            let inside = networks.clone().map(|network| u8::from(network.contains(ip)));
            self.fingerprint.extend(inside);
        }
        Some(())
    }

    fn count(&mut self, count: usize) -> Option<()> {
        self.fingerprint.push(u8::try_from(count).ok()?);
        Some(())
    }

    fn label(&mut self, hostname: &Name) -> Option<()> {
        let octets = hostname.octets();
        let (length, behind) = octets.split_first()?;
        let (label, zone) = behind.split_at_checked(usize::from(*length))?;
        let mut kinds = 0;
        for octet in label {
            kinds |= match octet {
                b'0'..=b'9' => 1,
                b'a'..=b'f' => 2,
                b'g'..=b'z' => 4,
                b'A'..=b'F' => 8,
                b'G'..=b'Z' => 16,
                _ => return None,
            };
        }
        if label.len() < LABEL {
            return None;
        }
        self.values.label.push_str(std::str::from_utf8(label).ok()?);
        self.fingerprint
            .extend([*length, kinds, u8::try_from(zone.len()).ok()?]);
        self.fingerprint.extend_from_slice(zone);
        Some(())
    }

    fn address(&mut self, ip: IpAddr) -> Option<()> {
        let addresses = &mut self.values.addresses;
        let place = addresses.iter().position(|other| *other == ip).unwrap_or_else(|| {
            addresses.push(ip);
            addresses.len() - 1
        });
        self.count(place)
    }

    fn asked(&mut self, asked: &LookupOutcome, hostname: &Name, qtype: RecordType) -> Option<()> {
        let (reply, time) = (asked.reply.as_ref()?, asked.rtt?);
        let is_late = time >= limits::NEVER_LATE;
        let is_odd = reply.defect.is_some() || reply.blemish.is_some() || reply.oversize.is_some();
        if !is_plain(asked, qtype) || is_late || is_odd || !reply.extended_errors.is_empty() {
            return None;
        }
        self.values.times.push(time);
        let flags = reply.flags;
        let flags = [flags.aa, flags.tc, flags.rd, flags.ra, flags.ad, flags.cd, reply.edns];
        self.fingerprint.push(asked.kind as u8);
        self.fingerprint.extend(reply.rcode.0.to_be_bytes());
        self.fingerprint.extend(flags.map(u8::from));
        self.count(reply.records.len())?;
        for record in &reply.records {
            self.values.ttls.push(record.ttl);
            self.fingerprint.push(record.section as u8);
            self.fingerprint.extend(record.rtype.0.to_be_bytes());
            self.name(&record.owner, hostname)?;
            match &record.data {
                RData::A(ip) => self.address(IpAddr::V4(*ip))?,
                RData::Aaaa(ip) => self.address(IpAddr::V6(*ip))?,
                RData::Cname(name) | RData::Ns(name) => self.name(name, hostname)?,
                RData::Soa {
                    mname,
                    rname,
                    serial,
                    minimum,
                } => {
                    self.name(mname, hostname)?;
                    self.name(rname, hostname)?;
                    self.fingerprint.extend(serial.to_be_bytes());
                    self.fingerprint.extend(minimum.to_be_bytes());
                }
                RData::Other(_) => return None,
            }
        }
        self.count(asked.addresses.len())?;
        for ip in &asked.addresses {
            self.address(*ip)?;
        }
        Some(())
    }

    /// A name of a record: the target's own, as it is written there, or one that does not have its first label.
    fn name(&mut self, name: &Name, hostname: &Name) -> Option<()> {
        if name.octets() == hostname.octets() {
            return self.count(usize::from(u8::MAX));
        }
        let zone = &hostname.octets()[self.values.label.len() + 1..];
        let before = name.octets().len().checked_sub(zone.len()).filter(|before| *before > 0);
        if before.is_some_and(|before| name.octets()[before..].eq_ignore_ascii_case(zone)) {
            return None;
        }
        self.count(name.octets().len())?;
        self.fingerprint.extend_from_slice(name.octets());
        Some(())
    }
}

impl First {
    /// The same target and its answers with made-up values in the place of its own; `None` where there are none that
    /// are like them.
    pub(super) fn made_up(
        &self,
        entry: &ListedTarget,
        answers: &TargetAnswers,
        (servers, left_out): (&[(Resolver, BulkServer)], &[usize]),
        settings: &Settings,
    ) -> Option<MadeUp> {
        // Drawn until they have the same fingerprint: of a small network most are outside.
        (0..limits::ALIKE_DRAWS).find_map(|draw| {
            let values = Values {
                label: other_label(&self.values.label),
                addresses: other_addresses(&self.values.addresses, draw),
                ttls: (0..)
                    .map(|at| TTLS.0 + at * TTLS.1)
                    .take(self.values.ttls.len())
                    .collect(),
                times: (0..)
                    .map(|at| Duration::from_micros(TIMES.0 + at * TIMES.1))
                    .take(self.values.times.len())
                    .collect(),
            };
            let label = std::iter::once(values.label.as_bytes());
            let hostname = Name::from_labels(label.chain(entry.target.target.hostname.labels().skip(1))).ok()?;
            let instead = |ip: IpAddr| {
                let place = self.values.addresses.iter().position(|other| *other == ip);
                place.map_or(ip, |place| values.addresses[place])
            };
            let expected = entry.target.target.expect_addresses.iter().copied();
            let entry = entry.renamed(hostname.clone(), expected.map(instead).collect());
            let (mut ttls, mut times) = (values.ttls.iter().copied(), values.times.iter().copied());
            let own = &self.values;
            let mut other = |asked: &LookupOutcome| -> Option<LookupOutcome> {
                let mut asked = asked.clone();
                asked.rtt = times.next();
                asked.addresses.iter_mut().for_each(|ip| *ip = instead(*ip));
                for record in &mut asked.reply.as_mut()?.records {
                    record.ttl = ttls.next()?;
                    if record.owner.octets().get(1..=own.label.len()) == Some(own.label.as_bytes()) {
                        record.owner = hostname.clone();
                    }
                    match &mut record.data {
                        RData::A(ip) => {
                            if let IpAddr::V4(other) = instead(IpAddr::V4(*ip)) {
                                *ip = other;
                            }
                        }
                        RData::Aaaa(ip) => {
                            if let IpAddr::V6(other) = instead(IpAddr::V6(*ip)) {
                                *ip = other;
                            }
                        }
                        _ => {}
                    }
                }
                Some(asked)
            };
            let mut all = TargetAnswers::default();
            for answer in answers.in_order(servers.len(), left_out)? {
                let answer = ServerAnswer {
                    a: QuestionOutcome::Asked(other(answer.a.asked()?)?),
                    aaaa: QuestionOutcome::Asked(other(answer.aaaa.asked()?)?),
                    ..answer.clone()
                };
                all.take(answer, servers.len());
            }
            let (mut fingerprint, mut seen) = (Vec::new(), Values::default());
            let mut taking = Taking {
                fingerprint: &mut fingerprint,
                values: &mut seen,
            };
            taking.all(&entry, &all, (servers, left_out), settings)?;
            (fingerprint == self.fingerprint && seen == values).then_some(MadeUp {
                entry,
                answers: all,
                values,
            })
        })
    }

    /// What is printed of those that are like it, by its own report and line and by those with made-up values. `None`
    /// where those do not tell.
    pub(super) fn pattern(
        &self,
        own: (&Arc<Report>, &str),
        made_up: (&Report, &str),
        values: &Values,
        shown: Vec<(Resolver, ForOthers)>,
    ) -> Option<LinePattern> {
        let is_bare = |report: &Report| report.conclusion == Conclusion::Healthy && report.findings.is_empty();
        if !is_bare(own.0) || !is_bare(made_up.0) {
            return None;
        }
        let text = made_up.1.strip_prefix(UNNAMED)?.to_owned();
        let places = values.places(&text, own.1)?;
        let pattern = LinePattern {
            report: Arc::clone(own.0),
            shown,
            text,
            places,
        };
        let mut line = String::new();
        pattern.write(&self.values, &own.0.taken_at, &mut line);
        own.1.ends_with(&line).then_some(pattern)
    }
}

/// How the line of a target begins that is called nothing.
const UNNAMED: &str = r#"{"name":"""#;

/// A target that is like another, with values that nothing else has.
pub(super) struct MadeUp {
    pub(super) entry: ListedTarget,
    pub(super) answers: TargetAnswers,
    pub(super) values: Values,
}

impl MadeUp {
    /// The time of day at which it was asked.
    pub(super) fn taken_at() -> String {
        TAKEN_AT.to_owned()
    }
}

impl Values {
    /// Where these values stand in a text; `None` where one of them stands in the other text, whose values are others.
    fn places(&self, text: &str, other: &str) -> Option<Vec<(Range<usize>, ValuePlace)>> {
        let mut all = vec![
            (self.label.clone(), ValuePlace::Label),
            (TAKEN_AT.to_owned(), ValuePlace::TakenAt),
        ];
        let lower = self.label.to_ascii_lowercase();
        if lower != self.label {
            all.push((lower, ValuePlace::LowerLabel));
        }
        let addresses = self.addresses.iter().enumerate();
        all.extend(addresses.map(|(place, ip)| (ip.to_string(), ValuePlace::Address(place))));
        let ttls = self.ttls.iter().enumerate();
        all.extend(ttls.map(|(place, ttl)| (ttl.to_string(), ValuePlace::Ttl(place))));
        for (place, time) in self.times.iter().enumerate() {
            let mut written = String::new();
            write_time(*time, &mut written);
            all.push((written, ValuePlace::Time(place)));
        }
        let mut places = Vec::new();
        for (written, value) in &all {
            if other.contains(written) {
                return None;
            }
            places.extend(
                text.match_indices(written)
                    .map(|(at, _)| (at..at + written.len(), *value)),
            );
        }
        places.sort_by_key(|(range, _)| range.start);
        let is_apart = places.windows(2).all(|two| two[0].0.end <= two[1].0.start);
        is_apart.then_some(places)
    }

    /// The time of the slowest reply to a question for A records, in milliseconds. Each server has two, that one first.
    pub(super) fn slowest_ms(&self) -> Option<f64> {
        let slowest = self.times.iter().step_by(2).max();
        slowest.map(|time| time.as_micros() as f64 / 1000.0)
    }
}

impl LinePattern {
    /// Writes the line of a target with these values, without what it is called.
    pub(super) fn write(&self, values: &Values, taken_at: &str, out: &mut String) {
        let lower = values.label.to_ascii_lowercase();
        let mut addresses = String::new();
        let ends: Vec<usize> = values
            .addresses
            .iter()
            .map(|ip| {
                let _ = write!(addresses, "{ip}");
                addresses.len()
            })
            .collect();
        let address = |place: usize| {
            let start = place.checked_sub(1).map_or(0, |before| ends[before]);
            &addresses[start..ends[place]]
        };
        out.reserve(self.text.len() + 256);
        let mut written = 0;
        for (range, value) in &self.places {
            out.push_str(&self.text[written..range.start]);
            written = range.end;
            match *value {
                ValuePlace::Label => out.push_str(&values.label),
                ValuePlace::LowerLabel => out.push_str(&lower),
                ValuePlace::Address(place) => out.push_str(address(place)),
                ValuePlace::Ttl(place) => write_number(values.ttls[place].into(), out),
                ValuePlace::Time(place) => write_time(values.times[place], out),
                ValuePlace::TakenAt => out.push_str(taken_at),
            }
        }
        out.push_str(&self.text[written..]);
    }
}

/// A number in decimal.
fn write_number(mut number: u64, out: &mut String) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

/// A time as JSON has it in milliseconds: `0.731`, `12.0`.
fn write_time(time: Duration, out: &mut String) {
    let microseconds = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    write_number(microseconds / 1000, out);
    out.push('.');
    let rest = microseconds % 1000;
    // Without the zeros at its end, but one digit at least.
    let (digits, rest) = match rest {
        _ if rest % 100 == 0 => (1, rest / 100),
        _ if rest % 10 == 0 => (2, rest / 10),
        _ => (3, rest),
    };
    if digits == 3 && rest < 100 {
        out.push('0');
    }
    if digits > 1 && rest < 10 {
        out.push('0');
    }
    write_number(rest, out);
}

/// Another label of the same kinds of characters.
fn other_label(label: &str) -> String {
    let other = |c: char| {
        let (first, count) = match c {
            '0'..='9' => (b'0', 10),
            'a'..='f' => (b'a', 6),
            'A'..='F' => (b'A', 6),
            'g'..='z' => (b'g', 20),
            'G'..='Z' => (b'G', 20),
            _ => return c,
        };
        char::from(first + rand::random::<u8>() % count)
    };
    label.chars().map(other).collect()
}

/// Other addresses near these and in the same order. At later draws they are nearer.
fn other_addresses(addresses: &[IpAddr], draw: usize) -> Vec<IpAddr> {
    let is_near = draw > limits::ALIKE_DRAWS / 2;
    let near = |ip: IpAddr| -> (IpAddr, IpAddr) {
        match ip {
            IpAddr::V4(ip) => {
                let mask = if is_near { 0xff } else { 0xffff };
                let kept = u32::from(ip) & !mask;
                let other = kept | rand::random::<u32>() & mask;
                (Ipv4Addr::from(kept).into(), Ipv4Addr::from(other).into())
            }
            IpAddr::V6(ip) => {
                let mask = u128::from(if is_near { u64::from(u16::MAX) } else { u64::MAX });
                let kept = u128::from(ip) & !mask;
                let other = kept | rand::random::<u128>() & mask;
                (Ipv6Addr::from(kept).into(), Ipv6Addr::from(other).into())
            }
        }
    };
    let mut drawn: Vec<(IpAddr, IpAddr)> = addresses.iter().map(|ip| near(*ip)).collect();
    drawn.sort_unstable();
    // Each is as many from the start as the one that it stands for.
    addresses
        .iter()
        .map(|ip| drawn[addresses.iter().filter(|other| *other < ip).count()].1)
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn numbers_and_times_are_written_as_json_has_them() {
        for microseconds in (0..3_000).chain((3_000..2_000_000).step_by(977)) {
            let time = Duration::from_micros(microseconds);
            let mut written = String::new();
            write_time(time, &mut written);
            let json = serde_json::to_string(&(microseconds as f64 / 1000.0)).unwrap();
            assert_eq!(written, json);
            written.clear();
            write_number(microseconds, &mut written);
            assert_eq!(written, microseconds.to_string());
        }
        let mut written = String::new();
        write_number(u64::MAX, &mut written);
        assert_eq!(written, u64::MAX.to_string());
    }

    #[test]
    fn what_is_made_up_is_near_and_in_the_same_order() {
        let ips = [
            "10.1.2.3",
            "52.1.2.3",
            "10.1.2.2",
            "2600:1f14::9",
            "10.9.9.9",
            "2600:1f14::1",
        ];
        let ips: Vec<IpAddr> = ips.iter().map(|ip| ip.parse().unwrap()).collect();
        let ranks = |ips: &[IpAddr]| -> Vec<usize> {
            let before = |ip: &IpAddr| ips.iter().filter(|other| *other < ip).count();
            ips.iter().map(before).collect()
        };
        let mut differ = 0;
        for draw in 0..limits::ALIKE_DRAWS {
            let others = other_addresses(&ips, draw);
            // Two that are drawn alike have no order; they are drawn again.
            if others.iter().collect::<std::collections::BTreeSet<_>>().len() == ips.len() {
                assert_eq!(ranks(&others), ranks(&ips));
                differ += usize::from(others != ips);
            }
            for (ip, other) in ips.iter().zip(&others) {
                assert_eq!(AddressClass::of(*ip), AddressClass::of(*other));
            }
        }
        assert!(differ > limits::ALIKE_DRAWS / 2);
        let label = "0123456789ABCDEF0123456789abcdeZ";
        let other = other_label(label);
        assert_ne!(other, label);
        for (c, other) in label.chars().zip(other.chars()) {
            let kind = |c: char| (c.is_ascii_digit(), c.is_ascii_hexdigit(), c.is_ascii_uppercase());
            assert_eq!(kind(c), kind(other));
        }
    }

    #[test]
    fn a_value_that_stands_elsewhere_too_tells_nothing() {
        let values = Values {
            label: "AAAAAAAAAAAAAAAA".to_owned(),
            addresses: vec!["10.7.7.7".parse().unwrap()],
            ttls: vec![TTLS.0],
            times: vec![Duration::from_micros(TIMES.0)],
        };
        let text = "AAAAAAAAAAAAAAAA.x 10.7.7.7 2000000011 313.171 aaaaaaaaaaaaaaaa 10.7.7.7";
        let places = values.places(text, "BBBBBBBBBBBBBBBB.x 10.0.0.1 60 0.5").unwrap();
        let found: Vec<ValuePlace> = places.iter().map(|(_, value)| *value).collect();
        assert_eq!(
            found,
            [
                ValuePlace::Label,
                ValuePlace::Address(0),
                ValuePlace::Ttl(0),
                ValuePlace::Time(0),
                ValuePlace::LowerLabel,
                ValuePlace::Address(0)
            ]
        );
        assert!(values.places(text, "BBBBBBBBBBBBBBBB.x 110.7.7.70 60 0.5").is_none());
    }
}
