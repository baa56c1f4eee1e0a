//! What a plain text stands for: go-yaml v2, resolve.go. Of a number only that it is one is of interest.

/// What a text of YAML is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::facts::kubeconfig) enum Plain {
    /// null.
    Nothing,
    /// Yes or no.
    Truth(bool),
    /// A number that JSON has.
    Number,
    /// Infinity or no number, which JSON does not have: kubectl refuses the file.
    NoNumber,
    Text(String),
    /// `<<` without quotation marks.
    Merge,
}

/// The prefix of the tags of YAML itself.
const OWN: &str = "tag:yaml.org,2002:";

/// The value of a text with this tag; `None` where the tag does not fit.
pub(super) fn resolved(tag: Option<&str>, text: String) -> Option<Plain> {
    let short = tag.map(|tag| tag.strip_prefix(OWN).unwrap_or("other"));
    match short {
        None => {
            let found = guessed(&text, true);
            Some(if text == "<<" {
                Plain::Merge
            } else {
                found.unwrap_or(Plain::Text(text))
            })
        }
        Some("binary") => {
            let wanted: Vec<u8> = text.bytes().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect();
            let octets = base64_simd::STANDARD.decode_to_vec(wanted).ok()?;
            Some(Plain::Text(String::from_utf8_lossy(&octets).into_owned()))
        }
        Some("merge") if text == "<<" => Some(Plain::Merge),
        Some("bool") => guessed(&text, false).filter(|found| matches!(found, Plain::Truth(_))),
        Some("null") => guessed(&text, false).filter(|found| *found == Plain::Nothing),
        Some("int") => guessed(&text, false).filter(|found| *found == Plain::Number && is_whole(&text)),
        Some("float") => guessed(&text, false).filter(|found| matches!(found, Plain::Number | Plain::NoNumber)),
        Some("timestamp") => is_time(&text).then_some(Plain::Text(text)),
        // `str`, or a tag of somebody's own, which says nothing of the value.
        Some(_) => Some(Plain::Text(text)),
    }
}

/// What a text is by its form; `None` where it is a text.
fn guessed(text: &str, takes_times: bool) -> Option<Plain> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Plain::Nothing),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Some(Plain::Truth(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Some(Plain::Truth(false));
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf"
        | "-.INF" => return Some(Plain::NoNumber),
        _ => {}
    }
    match text.as_bytes().first()? {
        b'.' => is_float(text).then_some(Plain::Number),
        b'+' | b'-' | b'0'..=b'9' => {
            if takes_times && is_time(text) {
                return None;
            }
            let plain = text.replace('_', "");
            (is_whole(&plain) || is_float(&plain)).then_some(Plain::Number)
        }
        _ => None,
    }
}

/// A whole number as Go's `strconv.ParseInt` with base 0 has it, of any size; and one of base 2 with a sign behind its
/// mark, as go-yaml takes it.
fn is_whole(text: &str) -> bool {
    let text = text.replace('_', "");
    let bare = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let all = |digits: &str, is: fn(&u8) -> bool| !digits.is_empty() && digits.bytes().all(|octet| is(&octet));
    let behind = |marks: [&str; 2]| marks.iter().find_map(|mark| bare.strip_prefix(mark));
    if let Some(digits) = behind(["0x", "0X"]) {
        return all(digits, u8::is_ascii_hexdigit);
    }
    if let Some(digits) = behind(["0b", "0B"]) {
        let is_signed = bare.starts_with("0b") && !text.starts_with('+');
        let digits = digits.strip_prefix(['+', '-']).filter(|_| is_signed).unwrap_or(digits);
        return all(digits, |octet| matches!(octet, b'0' | b'1'));
    }
    if let Some(digits) = behind(["0o", "0O"]) {
        return all(digits, |octet| matches!(octet, b'0'..=b'7'));
    }
    match bare.strip_prefix('0') {
        Some("") => true,
        Some(digits) => all(digits, |octet| matches!(octet, b'0'..=b'7')),
        None => all(bare, u8::is_ascii_digit),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, within what a number of 64 bits holds.
fn is_float(text: &str) -> bool {
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (digits, power) = match bare.split_once(['e', 'E']) {
        Some((digits, power)) => (digits, Some(power)),
        None => (bare, None),
    };
    let all = |digits: &str| digits.bytes().all(|octet| octet.is_ascii_digit());
    let is_number = match digits.split_once('.') {
        Some(("", behind)) => !behind.is_empty() && all(behind),
        Some((before, behind)) => all(before) && all(behind),
        None => !digits.is_empty() && all(digits),
    };
    let is_power = power.is_none_or(|power| {
        let power = power.strip_prefix(['+', '-']).unwrap_or(power);
        !power.is_empty() && all(power)
    });
    is_number && is_power && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A time in one of go-yaml's forms: `2006-1-2`, and with `T15:4:5` and a zone or a blank and a time behind it. It
/// stays a text. Only whether it is one matters, for `!!timestamp`.
fn is_time(text: &str) -> bool {
    let (date, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let is_number = digits.contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| is_number)
    };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else {
        return false;
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4..=4), number(month, 1..=2), number(day, 1..=2)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    if day == 0 || day > days {
        return false;
    }
    let Some(rest) = rest else {
        return true;
    };
    let (clock, zone) = if let Some(clock) = rest.strip_prefix(' ') {
        (clock, None)
    } else {
        let behind = &rest[1..];
        match behind.find(['Z', '+', '-']) {
            Some(at) => (&behind[..at], Some(&behind[at..])),
            None => return false,
        }
    };
    let is_zone = zone.is_none_or(|zone| {
        let hours = zone.get(1..).and_then(|zone| zone.split_once(':'));
        let is_offset = hours.is_some_and(|(hours, minutes)| {
            number(hours, 2..=2).is_some_and(|hours| hours <= 24) && number(minutes, 2..=2).is_some_and(|it| it < 60)
        });
        zone == "Z" || (!zone.starts_with('Z') && is_offset)
    });
    let parts: Vec<&str> = clock.split(':').collect();
    let [hours, minutes, seconds] = parts[..] else {
        return false;
    };
    let (seconds, fraction) = seconds
        .split_once('.')
        .map_or((seconds, None), |(one, more)| (one, Some(more)));
    is_zone
        && number(hours, 1..=2).is_some_and(|hours| hours < 24)
        && number(minutes, 1..=2).is_some_and(|minutes| minutes < 60)
        && number(seconds, 1..=2).is_some_and(|seconds| seconds < 60)
        && fraction.is_none_or(|fraction| !fraction.is_empty() && fraction.bytes().all(|octet| octet.is_ascii_digit()))
}
