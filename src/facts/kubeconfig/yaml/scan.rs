//! The tokens of YAML 1.1, as the reader of kubectl finds them: go-yaml v2, scannerc.go, which is libyaml's scanner.
//! Where the two say more than the specification, this follows them: what kubectl takes is what counts.

use std::collections::VecDeque;

use super::Wrong;
use crate::limits;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    StreamStart,
    StreamEnd,
    /// `%YAML`, with the version.
    Version(u32, u32),
    /// `%TAG`: the handle, and what it stands for.
    TagDirective(String, String),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    /// The handle and the suffix.
    Tag(String, String),
    /// The text, and whether it stands there plain.
    Scalar(String, bool),
}

/// A token, and the line that it begins in, counted from 0.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) line: usize,
}

/// A place of the text.
#[derive(Debug, Clone, Copy, Default)]
struct TextPosition {
    index: usize,
    line: usize,
    column: usize,
}

/// Where a key may have begun, of which the `:` is not seen yet.
#[derive(Debug, Clone, Copy, Default)]
struct SimpleKey {
    is_possible: bool,
    is_required: bool,
    token: usize,
    mark: TextPosition,
}

/// Reads the characters of a text into tokens.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// The octet of `text` that is next.
    at: usize,
    mark: TextPosition,
    tokens: VecDeque<Token>,
    taken: usize,
    is_started: bool,
    is_ended: bool,
    flow_level: usize,
    /// The column of the block collection that is open; -1 outside of any.
    indent: isize,
    indents: Vec<isize>,
    is_key_allowed: bool,
    keys: Vec<SimpleKey>,
    /// The keys below are not possible any more.
    first_key: usize,
}

/// The end of the text: no text has a NUL.
const END: char = '\0';

/// A key in front of its `:` has this many characters at most.
const KEY: usize = 1024;

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_break_or_end(c: char) -> bool {
    is_break(c) || c == END
}

fn is_blank_or_end(c: char) -> bool {
    is_blank(c) || is_break_or_end(c)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The characters that YAML 1.1 has (section 5.1), as libyaml's reader takes them.
pub(in super::super) fn is_of_yaml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}'
        | '\u{10000}'..)
}

/// What was read of a text over several lines: blanks and breaks, which are joined before the next character.
#[derive(Debug, Default)]
struct Joint {
    blanks: String,
    first_break: String,
    breaks: String,
    is_broken: bool,
}

impl Joint {
    /// Puts what stood between two characters.
    fn put(&mut self, into: &mut String) {
        if self.is_broken {
            if self.first_break.starts_with('\n') {
                if self.breaks.is_empty() {
                    into.push(' ');
                }
                into.push_str(&self.breaks);
            } else {
                into.push_str(&self.first_break);
                into.push_str(&self.breaks);
            }
        } else {
            into.push_str(&self.blanks);
        }
        *self = Self::default();
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            mark: TextPosition::default(),
            tokens: VecDeque::new(),
            taken: 0,
            is_started: false,
            is_ended: false,
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            is_key_allowed: false,
            keys: vec![SimpleKey::default()],
            first_key: 0,
        }
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Result<&Token, Wrong> {
        loop {
            let needs_more = if self.tokens.is_empty() {
                true
            } else {
                self.drop_old_keys()?;
                let next = self.taken;
                let possible = self.keys.iter().skip(self.first_key);
                possible
                    .take_while(|key| key.token <= next || !key.is_possible)
                    .any(|key| key.is_possible && key.token == next)
            };
            if !needs_more {
                break;
            }
            self.fetch()?;
        }
        self.tokens.front().ok_or_else(|| self.wrong())
    }

    /// Takes the token that was looked at.
    pub(super) fn take(&mut self) -> Result<Token, Wrong> {
        self.peek()?;
        self.taken += 1;
        self.tokens.pop_front().ok_or_else(|| self.wrong())
    }

    /// An error at the place that is read.
    fn wrong(&self) -> Wrong {
        Wrong::in_line(self.mark.line + 1)
    }

    /// The character at a distance of so many.
    fn ahead(&self, by: usize) -> char {
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.chars().nth(by).unwrap_or(END)
    }

    fn now(&self) -> char {
        self.ahead(0)
    }

    fn skip(&mut self) -> Result<(), Wrong> {
        let c = self.now();
        if c != END {
            if !is_of_yaml(c) {
                return Err(self.wrong());
            }
            self.at += c.len_utf8();
            self.mark.index += 1;
            self.mark.column += 1;
        }
        Ok(())
    }

    fn read(&mut self, into: &mut String) -> Result<(), Wrong> {
        into.push(self.now());
        self.skip()
    }

    fn skip_line(&mut self) {
        let mut aside = String::new();
        self.read_line(&mut aside);
    }

    /// Reads the end of a line, which is `\n` whatever it is, but for the two that YAML keeps.
    fn read_line(&mut self, into: &mut String) {
        let c = self.now();
        if !is_break(c) {
            return;
        }
        if c == '\r' && self.ahead(1) == '\n' {
            self.at += 1;
            self.mark.index += 1;
        }
        into.push(if matches!(c, '\u{2028}' | '\u{2029}') { c } else { '\n' });
        self.at += if c == '\r' { 1 } else { c.len_utf8() };
        self.mark.index += 1;
        self.mark.line += 1;
        self.mark.column = 0;
    }

    fn column(&self) -> isize {
        isize::try_from(self.mark.column).unwrap_or(isize::MAX)
    }

    fn push(&mut self, kind: TokenKind, line: usize) {
        self.tokens.push_back(Token { kind, line });
    }

    fn fetch(&mut self) -> Result<(), Wrong> {
        if !self.is_started {
            self.is_started = true;
            self.is_key_allowed = true;
            self.push(TokenKind::StreamStart, 0);
            return Ok(());
        }
        if self.is_ended {
            return Err(self.wrong());
        }
        self.skip_to_next_token()?;
        self.drop_old_keys()?;
        self.unroll(self.column());
        let (c, next) = (self.now(), self.ahead(1));
        let is_flow = self.flow_level > 0;
        if c == END {
            return self.end();
        }
        if self.mark.column == 0 && c == '%' {
            return self.directive();
        }
        if self.is_mark_of_document() {
            self.unroll(-1);
            self.remove_key()?;
            self.is_key_allowed = false;
            let line = self.mark.line;
            for _ in 0..3 {
                self.skip()?;
            }
            self.push(
                if c == '-' {
                    TokenKind::DocumentStart
                } else {
                    TokenKind::DocumentEnd
                },
                line,
            );
            return Ok(());
        }
        match c {
            '[' => self.open(TokenKind::FlowSequenceStart),
            '{' => self.open(TokenKind::FlowMappingStart),
            ']' => self.close(TokenKind::FlowSequenceEnd),
            '}' => self.close(TokenKind::FlowMappingEnd),
            ',' => {
                self.remove_key()?;
                self.is_key_allowed = true;
                self.one(TokenKind::FlowEntry)
            }
            '-' if is_blank_or_end(next) => self.entry(),
            '?' if is_flow || is_blank_or_end(next) => self.key(),
            ':' if is_flow || is_blank_or_end(next) => self.value(),
            '*' | '&' => self.anchor(c == '*'),
            '!' => self.tag(),
            '|' | '>' if !is_flow => self.block_scalar(c == '|'),
            '\'' | '"' => self.quoted(c),
            '-' if !is_blank(next) => self.plain(),
            '?' | ':' if !is_flow && !is_blank_or_end(next) => self.plain(),
            ' ' | '\t' | '-' | '?' | ':' | '#' | '|' | '>' | '%' | '@' | '`' => Err(self.wrong()),
            _ => self.plain(),
        }
    }

    /// Whether `---` or `...` stands there at the beginning of a line.
    fn is_mark_of_document(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.mark.column == 0 && (rest.starts_with("---") || rest.starts_with("...")) && is_blank_or_end(self.ahead(3))
    }

    fn skip_to_next_token(&mut self) -> Result<(), Wrong> {
        // A mark of the order of octets may begin the text, beside the one that says how it is saved.
        if self.at == 0 && self.now() == '\u{feff}' {
            self.skip()?;
        }
        loop {
            let takes_tabs = self.flow_level > 0 || !self.is_key_allowed;
            while self.now() == ' ' || (takes_tabs && self.now() == '\t') {
                self.skip()?;
            }
            if self.now() == '#' {
                while !is_break_or_end(self.now()) {
                    self.skip()?;
                }
            }
            if !is_break(self.now()) {
                return Ok(());
            }
            self.skip_line();
            if self.flow_level == 0 {
                self.is_key_allowed = true;
            }
        }
    }

    fn drop_old_keys(&mut self) -> Result<(), Wrong> {
        for index in self.first_key..self.keys.len() {
            let key = &mut self.keys[index];
            if !key.is_possible {
                self.first_key = index;
                continue;
            }
            if key.mark.line >= self.mark.line && key.mark.index + KEY >= self.mark.index {
                break;
            }
            if key.is_required {
                return Err(Wrong::in_line(key.mark.line + 1));
            }
            key.is_possible = false;
            self.first_key = index + 1;
        }
        Ok(())
    }

    fn save_key(&mut self) -> Result<(), Wrong> {
        let is_required = self.flow_level == 0 && self.indent == self.column();
        if self.is_key_allowed {
            self.remove_key()?;
            let key = SimpleKey {
                is_possible: true,
                is_required,
                token: self.taken + self.tokens.len(),
                mark: self.mark,
            };
            if let Some(last) = self.keys.last_mut() {
                *last = key;
            }
        }
        Ok(())
    }

    fn remove_key(&mut self) -> Result<(), Wrong> {
        let last = self.keys.len().saturating_sub(1);
        if let Some(key) = self.keys.last_mut() {
            if key.is_possible && key.is_required {
                return Err(Wrong::in_line(key.mark.line + 1));
            }
            key.is_possible = false;
        }
        self.first_key = self.first_key.min(last);
        Ok(())
    }

    /// Opens a block collection at the column, with its token in front of the one of this number, or behind all.
    fn roll(&mut self, column: isize, in_front_of: Option<usize>, kind: TokenKind, line: usize) -> Result<(), Wrong> {
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > limits::KUBECONFIG_DEPTH {
            return Err(Wrong::too_deep(line + 1));
        }
        let place = in_front_of.map_or(self.tokens.len(), |number| number.saturating_sub(self.taken));
        self.tokens.insert(place.min(self.tokens.len()), Token { kind, line });
        Ok(())
    }

    fn unroll(&mut self, column: isize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.mark.line);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn end(&mut self) -> Result<(), Wrong> {
        if self.mark.column != 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
        self.unroll(-1);
        self.remove_key()?;
        self.is_key_allowed = false;
        self.is_ended = true;
        self.push(TokenKind::StreamEnd, self.mark.line);
        Ok(())
    }

    /// A token of one character.
    fn one(&mut self, kind: TokenKind) -> Result<(), Wrong> {
        let line = self.mark.line;
        self.skip()?;
        self.push(kind, line);
        Ok(())
    }

    fn open(&mut self, kind: TokenKind) -> Result<(), Wrong> {
        self.save_key()?;
        self.keys.push(SimpleKey::default());
        self.flow_level += 1;
        if self.flow_level > limits::KUBECONFIG_DEPTH {
            return Err(Wrong::too_deep(self.mark.line + 1));
        }
        self.is_key_allowed = true;
        self.one(kind)
    }

    fn close(&mut self, kind: TokenKind) -> Result<(), Wrong> {
        self.remove_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.keys.pop();
            self.first_key = self.first_key.min(self.keys.len().saturating_sub(1));
        }
        self.is_key_allowed = false;
        self.one(kind)
    }

    fn entry(&mut self) -> Result<(), Wrong> {
        if self.flow_level == 0 {
            if !self.is_key_allowed {
                return Err(self.wrong());
            }
            self.roll(self.column(), None, TokenKind::BlockSequenceStart, self.mark.line)?;
        }
        self.remove_key()?;
        self.is_key_allowed = true;
        self.one(TokenKind::BlockEntry)
    }

    fn key(&mut self) -> Result<(), Wrong> {
        if self.flow_level == 0 {
            if !self.is_key_allowed {
                return Err(self.wrong());
            }
            self.roll(self.column(), None, TokenKind::BlockMappingStart, self.mark.line)?;
        }
        self.remove_key()?;
        self.is_key_allowed = self.flow_level == 0;
        self.one(TokenKind::Key)
    }

    fn value(&mut self) -> Result<(), Wrong> {
        let key = self.keys.last().copied().filter(|key| key.is_possible);
        if let Some(key) = key {
            let place = key.token.saturating_sub(self.taken).min(self.tokens.len());
            let token = Token {
                kind: TokenKind::Key,
                line: key.mark.line,
            };
            self.tokens.insert(place, token);
            let column = isize::try_from(key.mark.column).unwrap_or(isize::MAX);
            self.roll(column, Some(key.token), TokenKind::BlockMappingStart, key.mark.line)?;
            if let Some(key) = self.keys.last_mut() {
                key.is_possible = false;
            }
            self.is_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.is_key_allowed {
                    return Err(self.wrong());
                }
                self.roll(self.column(), None, TokenKind::BlockMappingStart, self.mark.line)?;
            }
            self.is_key_allowed = self.flow_level == 0;
        }
        self.one(TokenKind::Value)
    }

    fn directive(&mut self) -> Result<(), Wrong> {
        self.unroll(-1);
        self.remove_key()?;
        self.is_key_allowed = false;
        let line = self.mark.line;
        self.skip()?;
        let name = self.word()?;
        if name.is_empty() || !is_blank_or_end(self.now()) {
            return Err(self.wrong());
        }
        let kind = match name.as_str() {
            "YAML" => {
                self.skip_blanks()?;
                let major = self.number()?;
                if self.now() != '.' {
                    return Err(self.wrong());
                }
                self.skip()?;
                TokenKind::Version(major, self.number()?)
            }
            "TAG" => {
                self.skip_blanks()?;
                let handle = self.tag_handle(true)?;
                if !is_blank(self.now()) {
                    return Err(self.wrong());
                }
                self.skip_blanks()?;
                let prefix = self.tag_uri("")?;
                if !is_blank_or_end(self.now()) {
                    return Err(self.wrong());
                }
                TokenKind::TagDirective(handle, prefix)
            }
            _ => return Err(self.wrong()),
        };
        self.skip_blanks()?;
        self.skip_comment()?;
        if !is_break_or_end(self.now()) {
            return Err(self.wrong());
        }
        self.skip_line();
        self.push(kind, line);
        Ok(())
    }

    fn skip_blanks(&mut self) -> Result<(), Wrong> {
        while is_blank(self.now()) {
            self.skip()?;
        }
        Ok(())
    }

    fn skip_comment(&mut self) -> Result<(), Wrong> {
        if self.now() == '#' {
            while !is_break_or_end(self.now()) {
                self.skip()?;
            }
        }
        Ok(())
    }

    fn word(&mut self) -> Result<String, Wrong> {
        let mut word = String::new();
        while is_word(self.now()) {
            self.read(&mut word)?;
        }
        Ok(word)
    }

    /// A part of a version: nine digits at most.
    fn number(&mut self) -> Result<u32, Wrong> {
        let mut digits = String::new();
        while self.now().is_ascii_digit() && digits.len() < 9 {
            self.read(&mut digits)?;
        }
        digits.parse().map_err(|_| self.wrong())
    }

    fn anchor(&mut self, is_alias: bool) -> Result<(), Wrong> {
        self.save_key()?;
        self.is_key_allowed = false;
        let line = self.mark.line;
        self.skip()?;
        let name = self.word()?;
        let c = self.now();
        let ends = is_blank_or_end(c) || matches!(c, '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`');
        if name.is_empty() || !ends {
            return Err(self.wrong());
        }
        self.push(
            if is_alias {
                TokenKind::Alias(name)
            } else {
                TokenKind::Anchor(name)
            },
            line,
        );
        Ok(())
    }

    fn tag(&mut self) -> Result<(), Wrong> {
        self.save_key()?;
        self.is_key_allowed = false;
        let line = self.mark.line;
        let (handle, suffix) = if self.ahead(1) == '<' {
            self.skip()?;
            self.skip()?;
            let suffix = self.tag_uri("")?;
            if self.now() != '>' {
                return Err(self.wrong());
            }
            self.skip()?;
            (String::new(), suffix)
        } else {
            let handle = self.tag_handle(false)?;
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.tag_uri("")?;
                (handle, suffix)
            } else {
                match self.tag_uri(&handle)? {
                    suffix if suffix.is_empty() => (String::new(), "!".to_owned()),
                    suffix => ("!".to_owned(), suffix),
                }
            }
        };
        if !is_blank_or_end(self.now()) {
            return Err(self.wrong());
        }
        self.push(TokenKind::Tag(handle, suffix), line);
        Ok(())
    }

    fn tag_handle(&mut self, is_directive: bool) -> Result<String, Wrong> {
        if self.now() != '!' {
            return Err(self.wrong());
        }
        let mut handle = String::new();
        self.read(&mut handle)?;
        handle.push_str(&self.word()?);
        if self.now() == '!' {
            self.read(&mut handle)?;
        } else if is_directive && handle != "!" {
            return Err(self.wrong());
        }
        Ok(handle)
    }

    /// What stands behind the `!` of the head, and on.
    fn tag_uri(&mut self, head: &str) -> Result<String, Wrong> {
        let mut uri = head.get(1..).unwrap_or_default().to_owned();
        let mut is_there = !head.is_empty();
        loop {
            let c = self.now();
            if c == '%' {
                uri.push(self.uri_escape()?);
            } else if is_word(c) || ";/?:@&=+$,.!~*'()[]".contains(c) && c != END {
                self.read(&mut uri)?;
            } else {
                break;
            }
            is_there = true;
        }
        if is_there { Ok(uri) } else { Err(self.wrong()) }
    }

    /// A character as `%` and two digits for each of its octets.
    fn uri_escape(&mut self) -> Result<char, Wrong> {
        let mut octets: Vec<u8> = Vec::new();
        loop {
            let digits: String = [self.ahead(1), self.ahead(2)].iter().collect();
            if self.now() != '%' || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
                return Err(self.wrong());
            }
            octets.push(u8::from_str_radix(&digits, 16).map_err(|_| self.wrong())?);
            for _ in 0..3 {
                self.skip()?;
            }
            match std::str::from_utf8(&octets) {
                Ok(text) => return text.chars().next().ok_or_else(|| self.wrong()),
                Err(error) if error.error_len().is_some() => return Err(self.wrong()),
                Err(_) => {}
            }
        }
    }

    fn block_scalar(&mut self, is_literal: bool) -> Result<(), Wrong> {
        self.remove_key()?;
        self.is_key_allowed = true;
        let line = self.mark.line;
        self.skip()?;
        let (mut keeps, mut strips, mut by) = (false, false, 0_isize);
        for _ in 0..2 {
            match self.now() {
                '+' | '-' if !keeps && !strips => {
                    keeps = self.now() == '+';
                    strips = !keeps;
                    self.skip()?;
                }
                c @ '0'..='9' if by == 0 => {
                    by = c
                        .to_digit(10)
                        .and_then(|digit| isize::try_from(digit).ok())
                        .unwrap_or(0);
                    if by == 0 {
                        return Err(self.wrong());
                    }
                    self.skip()?;
                }
                _ => break,
            }
        }
        self.skip_blanks()?;
        self.skip_comment()?;
        if !is_break_or_end(self.now()) {
            return Err(self.wrong());
        }
        self.skip_line();
        let mut indent = if by > 0 { self.indent.max(0) + by } else { 0 };
        let (mut text, mut breaks, mut first_break) = (String::new(), String::new(), String::new());
        self.block_breaks(&mut indent, &mut breaks)?;
        let mut was_blank = false;
        while self.column() == indent && self.now() != END {
            let starts_blank = is_blank(self.now());
            if !is_literal && first_break.starts_with('\n') && !was_blank && !starts_blank {
                if breaks.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&first_break);
            }
            first_break.clear();
            text.push_str(&breaks);
            breaks.clear();
            was_blank = starts_blank;
            while !is_break_or_end(self.now()) {
                self.read(&mut text)?;
            }
            self.read_line(&mut first_break);
            self.block_breaks(&mut indent, &mut breaks)?;
        }
        if !strips {
            text.push_str(&first_break);
        }
        if keeps {
            text.push_str(&breaks);
        }
        self.push(TokenKind::Scalar(text, false), line);
        Ok(())
    }

    /// Empty lines of a block scalar, and its indentation where that is not known yet.
    fn block_breaks(&mut self, indent: &mut isize, breaks: &mut String) -> Result<(), Wrong> {
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.column() < *indent) && self.now() == ' ' {
                self.skip()?;
            }
            deepest = deepest.max(self.column());
            if (*indent == 0 || self.column() < *indent) && self.now() == '\t' {
                return Err(self.wrong());
            }
            if !is_break(self.now()) {
                break;
            }
            self.read_line(breaks);
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(())
    }

    fn quoted(&mut self, quote: char) -> Result<(), Wrong> {
        self.save_key()?;
        self.is_key_allowed = false;
        let line = self.mark.line;
        self.skip()?;
        let mut text = String::new();
        let mut joint = Joint::default();
        loop {
            if self.is_mark_of_document() || self.now() == END {
                return Err(self.wrong());
            }
            while !is_blank_or_end(self.now()) {
                let (c, next) = (self.now(), self.ahead(1));
                if c == '\'' && quote == c && next == c {
                    text.push(c);
                    self.skip()?;
                    self.skip()?;
                } else if c == quote {
                    break;
                } else if c == '\\' && quote == '"' && is_break(next) {
                    self.skip()?;
                    self.skip_line();
                    joint.is_broken = true;
                    break;
                } else if c == '\\' && quote == '"' {
                    text.push(self.escape()?);
                } else {
                    self.read(&mut text)?;
                }
            }
            if self.now() == quote {
                break;
            }
            self.blanks(&mut joint, None)?;
            joint.put(&mut text);
        }
        self.skip()?;
        self.push(TokenKind::Scalar(text, false), line);
        Ok(())
    }

    /// Blanks and breaks between the characters of a text. In a plain text no tab indents a line less than `indent`.
    fn blanks(&mut self, joint: &mut Joint, indent: Option<isize>) -> Result<(), Wrong> {
        loop {
            let c = self.now();
            if is_blank(c) {
                if joint.is_broken && c == '\t' && indent.is_some_and(|indent| self.column() < indent) {
                    return Err(self.wrong());
                }
                if !joint.is_broken {
                    joint.blanks.push(c);
                }
                self.skip()?;
            } else if is_break(c) {
                if joint.is_broken {
                    self.read_line(&mut joint.breaks);
                } else {
                    joint.blanks.clear();
                    self.read_line(&mut joint.first_break);
                    joint.is_broken = true;
                }
            } else {
                return Ok(());
            }
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        let digits = match self.ahead(1) {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c => {
                let meant = match c {
                    '0' => '\0',
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    't' | '\t' => '\t',
                    'n' => '\n',
                    'v' => '\u{b}',
                    'f' => '\u{c}',
                    'r' => '\r',
                    'e' => '\u{1b}',
                    ' ' | '"' | '\'' | '\\' => c,
                    'N' => '\u{85}',
                    '_' => '\u{a0}',
                    'L' => '\u{2028}',
                    'P' => '\u{2029}',
                    _ => return Err(self.wrong()),
                };
                self.skip()?;
                self.skip()?;
                return Ok(meant);
            }
        };
        self.skip()?;
        self.skip()?;
        let mut value = 0_u32;
        for _ in 0..digits {
            let digit = self.now().to_digit(16).ok_or_else(|| self.wrong())?;
            value = value.checked_mul(16).ok_or_else(|| self.wrong())? + digit;
            self.skip()?;
        }
        char::from_u32(value).ok_or_else(|| self.wrong())
    }

    fn plain(&mut self) -> Result<(), Wrong> {
        self.save_key()?;
        self.is_key_allowed = false;
        let line = self.mark.line;
        let indent = self.indent + 1;
        let is_flow = self.flow_level > 0;
        let mut text = String::new();
        let mut joint = Joint::default();
        loop {
            if self.is_mark_of_document() || self.now() == '#' {
                break;
            }
            while !is_blank_or_end(self.now()) {
                let c = self.now();
                let ends = c == ':' && is_blank_or_end(self.ahead(1))
                    || is_flow && matches!(c, ',' | '?' | '[' | ']' | '{' | '}');
                if ends {
                    break;
                }
                joint.put(&mut text);
                self.read(&mut text)?;
            }
            if !(is_blank(self.now()) || is_break(self.now())) {
                break;
            }
            self.blanks(&mut joint, Some(indent))?;
            if !is_flow && self.column() < indent {
                break;
            }
        }
        // A key may follow in the next line.
        if joint.is_broken {
            self.is_key_allowed = true;
        }
        self.push(TokenKind::Scalar(text, true), line);
        Ok(())
    }
}
