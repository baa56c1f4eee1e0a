//! Changes JSON as JSON: most changes of single octets only make it none.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::{Map, Number, Value};

/// What grammars turn on, and what terminals obey.
const TEXTS: &[&str] = &[
    "",
    ".",
    "*",
    "\u{1b}[2J",
    "\u{202e}x",
    "\u{9b}1m\u{200b}",
    "|`<b>[x](y)",
    "a\nb",
    "\u{0}",
    "0.0.0.0",
    "127.0.0.1",
    "10.0.0.2",
    "10.0.0.2:53",
    "::",
    "64:ff9b::a00:2",
    "[fe80::1%2]:53",
    "10.0.0.0/8",
    "::/0",
    "2026-01-01T00:00:00Z",
    "corp.example",
    "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com",
    "vpc-1",
    "ACTIVE",
    "INBOUND",
    "FORWARD",
    "match",
    "timeout",
    "nxdomain",
    "nodata",
    "servfail",
    "answer",
    "local",
    "os",
    "vpc",
    "inbound",
    "public",
    "custom",
    "udp",
    "tcp",
    "target",
    "sibling",
    "root",
];

/// xorshift64*: the fuzzer gives a seed, so that a run can be had again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap_or_default() % bound.max(1)
    }
}

/// Changes the first `size` octets and returns how many there are then, at most `max`. One time in four, and where they
/// are not JSON, the fuzzer's own mutator does it.
pub fn mutate(octets: &mut [u8], size: usize, max: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed) << 20 | 0x9e37_79b9);
    random.below(1);
    if random.below(4) > 0
        && let Ok(mut document) = serde_json::from_slice::<Value>(&octets[..size])
    {
        let donor = document.clone();
        for _ in 0..=random.below(3) {
            let count = nodes(&document);
            let at = random.below(count);
            let given = nth(&donor, random.below(nodes(&donor))).cloned();
            if let Some(node) = nth_mut(&mut document, at) {
                change(node, given.unwrap_or_default(), &mut random);
            }
        }
        let text = document.to_string();
        if text.len() <= max {
            octets[..text.len()].copy_from_slice(text.as_bytes());
            return text.len();
        }
    }
    fuzzer_mutate(octets, size, max)
}

fn change(node: &mut Value, donor: Value, random: &mut Random) {
    let text = |random: &mut Random| Value::from(TEXTS[random.below(TEXTS.len())]);
    match (random.below(8), &mut *node) {
        (0, _) => *node = donor,
        (1, _) => *node = Value::Null,
        (2, Value::Array(members)) if !members.is_empty() => {
            let at = random.below(members.len());
            let again = members[at].clone();
            for _ in 0..=random.below(4) {
                members.push(again.clone());
            }
        }
        (3, Value::Array(members)) if !members.is_empty() => {
            let at = random.below(members.len());
            members.remove(at);
        }
        (4, Value::Array(members)) => members.reverse(),
        (2 | 3, Value::Object(members)) if !members.is_empty() => {
            let at = random.below(members.len());
            if let Some(key) = members.keys().nth(at).cloned() {
                members.remove(&key);
            }
        }
        (4, Value::Object(members)) => {
            members.insert(TEXTS[random.below(TEXTS.len())].to_owned(), donor);
        }
        (2 | 3, Value::String(string)) => {
            let piece = TEXTS[random.below(TEXTS.len())];
            let mut at = random.below(string.len() + 1);
            while !string.is_char_boundary(at) {
                at -= 1;
            }
            string.insert_str(at, piece);
        }
        (4, Value::String(string)) => *string = string.repeat(random.below(40)),
        (5, Value::Number(_)) => *node = Value::Number(number(random)),
        (5, Value::Bool(flag)) => *flag = !*flag,
        (6, _) => *node = Value::Number(number(random)),
        (7, Value::Array(_)) => *node = Value::Object(Map::new()),
        _ => *node = text(random),
    }
}

fn number(random: &mut Random) -> Number {
    const NUMBERS: &[i64] = &[
        0,
        1,
        2,
        53,
        64,
        255,
        443,
        65_535,
        65_536,
        -1,
        i64::MAX,
        i64::MIN,
        86_400_001,
        4_294_967_295,
    ];
    match random.below(4) {
        0 => Number::from_f64(1.5e-7).unwrap_or_else(|| 0.into()),
        1 => Number::from(u64::MAX),
        _ => NUMBERS[random.below(NUMBERS.len())].into(),
    }
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(members) => Box::new(members.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => Box::new(std::iter::empty()),
    }
}

fn nodes(value: &Value) -> usize {
    1 + children(value).map(nodes).sum::<usize>()
}

fn nth(value: &Value, mut at: usize) -> Option<&Value> {
    if at == 0 {
        return Some(value);
    }
    at -= 1;
    for child in children(value) {
        let count = nodes(child);
        if at < count {
            return nth(child, at);
        }
        at -= count;
    }
    None
}

fn nth_mut(value: &mut Value, mut at: usize) -> Option<&mut Value> {
    if at == 0 {
        return Some(value);
    }
    at -= 1;
    let members: Box<dyn Iterator<Item = &mut Value>> = match value {
        Value::Array(members) => Box::new(members.iter_mut()),
        Value::Object(members) => Box::new(members.values_mut()),
        _ => return None,
    };
    for child in members {
        let count = nodes(child);
        if at < count {
            return nth_mut(child, at);
        }
        at -= count;
    }
    None
}
