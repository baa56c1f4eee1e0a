//! From tokens to the values of the first document: go-yaml v2, parserc.go and yaml.go, which is libyaml's parser. It
//! keeps its own stack, so a value that is nested deep takes none of the thread's.

use std::collections::{BTreeMap, BTreeSet};

use super::resolve::{Plain, resolved};
use super::scan::{Scanner, TokenKind};
use super::{Value, Wrong, YamlDocument, YamlNode};
use crate::limits;

/// What is read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    BlockNode,
    BlockSequenceFirst,
    BlockSequence,
    IndentlessSequence,
    BlockMappingFirst,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirst,
    FlowSequence,
    PairKey,
    PairValue,
    PairEnd,
    FlowMappingFirst,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
}

/// A list or a mapping whose end is not seen yet.
#[derive(Debug)]
struct OpenCollection {
    node: usize,
    is_mapping: bool,
    children: Vec<usize>,
}

/// Reads the first document of a text.
#[derive(Debug)]
pub(super) struct Parser<'a> {
    scanner: Scanner<'a>,
    states: Vec<State>,
    handles: BTreeMap<String, String>,
    nodes: Vec<YamlNode>,
    open: Vec<OpenCollection>,
    is_open: BTreeSet<usize>,
    anchors: BTreeMap<String, usize>,
    root: Option<usize>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            scanner: Scanner::new(text),
            states: Vec::new(),
            handles: BTreeMap::new(),
            nodes: Vec::new(),
            open: Vec::new(),
            is_open: BTreeSet::new(),
            anchors: BTreeMap::new(),
            root: None,
        }
    }

    /// The document; `None` where there is none.
    pub(super) fn document(mut self) -> Result<Option<YamlDocument>, Wrong> {
        self.scanner.take()?;
        while self.is_next(&TokenKind::DocumentEnd)? {
            self.scanner.take()?;
        }
        if self.is_next(&TokenKind::StreamEnd)? {
            return Ok(None);
        }
        if self.directives()? || self.is_next(&TokenKind::DocumentStart)? {
            if !self.is_next(&TokenKind::DocumentStart)? {
                return Err(self.wrong());
            }
            self.scanner.take()?;
            let token = self.scanner.peek()?;
            let is_empty = matches!(
                token.kind,
                TokenKind::Version(..)
                    | TokenKind::TagDirective(..)
                    | TokenKind::DocumentStart
                    | TokenKind::DocumentEnd
                    | TokenKind::StreamEnd
            );
            if is_empty {
                let line = token.line;
                self.empty(line)?;
            } else {
                self.states.push(State::BlockNode);
            }
        } else {
            self.states.push(State::BlockNode);
        }
        while let Some(state) = self.states.pop() {
            self.step(state)?;
        }
        // The end of the document is looked at.
        self.scanner.peek()?;
        let Self { nodes, root, .. } = self;
        Ok(root.map(|root| YamlDocument { nodes, root }))
    }

    fn wrong(&mut self) -> Wrong {
        match self.scanner.peek() {
            Ok(token) => Wrong::in_line(token.line + 1),
            Err(wrong) => wrong,
        }
    }

    fn is_next(&mut self, kind: &TokenKind) -> Result<bool, Wrong> {
        Ok(self.scanner.peek()?.kind == *kind)
    }

    /// Whether there are any.
    fn directives(&mut self) -> Result<bool, Wrong> {
        let (mut version, mut any) = (false, false);
        let mut named = BTreeMap::new();
        loop {
            match self.scanner.peek()?.kind.clone() {
                TokenKind::Version(1, 1) if !version => version = true,
                TokenKind::TagDirective(handle, prefix) if !named.contains_key(&handle) => {
                    named.insert(handle, prefix);
                }
                TokenKind::Version(..) | TokenKind::TagDirective(..) => return Err(self.wrong()),
                _ => break,
            }
            any = true;
            self.scanner.take()?;
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            named.entry(handle.to_owned()).or_insert_with(|| prefix.to_owned());
        }
        self.handles = named;
        Ok(any)
    }

    fn step(&mut self, state: State) -> Result<(), Wrong> {
        match state {
            State::BlockNode => self.node(true, false),
            State::BlockSequenceFirst => {
                self.scanner.take()?;
                self.block_sequence()
            }
            State::BlockSequence => self.block_sequence(),
            State::IndentlessSequence => self.indentless_sequence(),
            State::BlockMappingFirst => {
                self.scanner.take()?;
                self.block_mapping_key()
            }
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirst => {
                self.scanner.take()?;
                self.flow_sequence(true)
            }
            State::FlowSequence => self.flow_sequence(false),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => {
                self.states.push(State::FlowSequence);
                self.close()
            }
            State::FlowMappingFirst => {
                self.scanner.take()?;
                self.flow_mapping_key(true)
            }
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingEmptyValue => {
                self.states.push(State::FlowMappingKey);
                let line = self.scanner.peek()?.line;
                self.empty(line)
            }
        }
    }

    fn node(&mut self, is_block: bool, takes_indentless: bool) -> Result<(), Wrong> {
        let token = self.scanner.peek()?.clone();
        let line = token.line;
        if let TokenKind::Alias(name) = token.kind {
            self.scanner.take()?;
            let target = *self.anchors.get(&name).ok_or(Wrong::in_line(line + 1))?;
            // A value that holds itself has no end.
            if self.is_open.contains(&target) {
                return Err(Wrong::in_line(line + 1));
            }
            return self.add(Value::Alias(target), line, None);
        }
        let (mut anchor, mut tag) = (None, None);
        loop {
            match self.scanner.peek()?.kind.clone() {
                TokenKind::Anchor(name) if anchor.is_none() => anchor = Some(name),
                TokenKind::Tag(handle, suffix) if tag.is_none() => tag = Some((handle, suffix)),
                _ => break,
            }
            self.scanner.take()?;
        }
        let tag = match tag {
            None => None,
            Some((handle, suffix)) if handle.is_empty() => Some(suffix),
            Some((handle, suffix)) => {
                let prefix = self.handles.get(&handle).ok_or(Wrong::in_line(line + 1))?;
                Some(format!("{prefix}{suffix}"))
            }
        };
        let has_properties = anchor.is_some() || tag.is_some();
        let token = self.scanner.peek()?.clone();
        let line = if has_properties { line } else { token.line };
        match token.kind {
            TokenKind::BlockEntry if takes_indentless => {
                self.states.push(State::IndentlessSequence);
                self.begin(false, line, anchor)
            }
            TokenKind::Scalar(text, is_plain) => {
                self.scanner.take()?;
                let value = match tag.as_deref() {
                    None if !is_plain => Some(Plain::Text(text)),
                    tag => resolved(tag, text),
                };
                let value = value.ok_or(Wrong::in_line(token.line + 1))?;
                self.add(Value::Plain(value), line, anchor)
            }
            TokenKind::FlowSequenceStart => {
                self.states.push(State::FlowSequenceFirst);
                self.begin(false, line, anchor)
            }
            TokenKind::FlowMappingStart => {
                self.states.push(State::FlowMappingFirst);
                self.begin(true, line, anchor)
            }
            TokenKind::BlockSequenceStart if is_block => {
                self.states.push(State::BlockSequenceFirst);
                self.begin(false, line, anchor)
            }
            TokenKind::BlockMappingStart if is_block => {
                self.states.push(State::BlockMappingFirst);
                self.begin(true, line, anchor)
            }
            _ if has_properties => {
                let value = resolved(tag.as_deref(), String::new());
                let value = value.ok_or(Wrong::in_line(line + 1))?;
                self.add(Value::Plain(value), line, anchor)
            }
            _ => Err(Wrong::in_line(token.line + 1)),
        }
    }

    fn block_sequence(&mut self) -> Result<(), Wrong> {
        let token = self.scanner.peek()?.clone();
        match token.kind {
            TokenKind::BlockEntry => {
                self.scanner.take()?;
                self.states.push(State::BlockSequence);
                match self.scanner.peek()?.kind {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => self.empty(token.line),
                    _ => self.node(true, false),
                }
            }
            TokenKind::BlockEnd => {
                self.scanner.take()?;
                self.close()
            }
            _ => Err(Wrong::in_line(token.line + 1)),
        }
    }

    fn indentless_sequence(&mut self) -> Result<(), Wrong> {
        let token = self.scanner.peek()?.clone();
        if token.kind != TokenKind::BlockEntry {
            return self.close();
        }
        self.scanner.take()?;
        self.states.push(State::IndentlessSequence);
        match self.scanner.peek()?.kind {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(token.line),
            _ => self.node(true, false),
        }
    }

    fn block_mapping_key(&mut self) -> Result<(), Wrong> {
        let token = self.scanner.peek()?.clone();
        match token.kind {
            TokenKind::Key => {
                self.scanner.take()?;
                self.states.push(State::BlockMappingValue);
                match self.scanner.peek()?.kind {
                    TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(token.line),
                    _ => self.node(true, true),
                }
            }
            TokenKind::BlockEnd => {
                self.scanner.take()?;
                self.close()
            }
            _ => Err(Wrong::in_line(token.line + 1)),
        }
    }

    fn block_mapping_value(&mut self) -> Result<(), Wrong> {
        self.states.push(State::BlockMappingKey);
        let token = self.scanner.peek()?.clone();
        if token.kind != TokenKind::Value {
            return self.empty(token.line);
        }
        self.scanner.take()?;
        match self.scanner.peek()?.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(token.line),
            _ => self.node(true, true),
        }
    }

    fn flow_sequence(&mut self, is_first: bool) -> Result<(), Wrong> {
        if !is_first && !self.is_next(&TokenKind::FlowSequenceEnd)? {
            if !self.is_next(&TokenKind::FlowEntry)? {
                return Err(self.wrong());
            }
            self.scanner.take()?;
        }
        let token = self.scanner.peek()?.clone();
        match token.kind {
            TokenKind::FlowSequenceEnd => {
                self.scanner.take()?;
                self.close()
            }
            TokenKind::Key => {
                self.scanner.take()?;
                self.states.push(State::PairKey);
                self.begin(true, token.line, None)
            }
            _ => {
                self.states.push(State::FlowSequence);
                self.node(false, false)
            }
        }
    }

    fn pair_key(&mut self) -> Result<(), Wrong> {
        self.states.push(State::PairValue);
        let token = self.scanner.peek()?.clone();
        match token.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // The token is left out, as libyaml does.
                self.scanner.take()?;
                self.empty(token.line)
            }
            _ => self.node(false, false),
        }
    }

    fn pair_value(&mut self) -> Result<(), Wrong> {
        self.states.push(State::PairEnd);
        let token = self.scanner.peek()?.clone();
        if token.kind == TokenKind::Value {
            self.scanner.take()?;
            let next = &self.scanner.peek()?.kind;
            if !matches!(next, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                return self.node(false, false);
            }
        }
        self.empty(token.line)
    }

    fn flow_mapping_key(&mut self, is_first: bool) -> Result<(), Wrong> {
        if !self.is_next(&TokenKind::FlowMappingEnd)? {
            if !is_first {
                if !self.is_next(&TokenKind::FlowEntry)? {
                    return Err(self.wrong());
                }
                self.scanner.take()?;
            }
            let token = self.scanner.peek()?.clone();
            if token.kind == TokenKind::Key {
                self.scanner.take()?;
                self.states.push(State::FlowMappingValue);
                let next = &self.scanner.peek()?.kind;
                return if matches!(
                    next,
                    TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd
                ) {
                    self.empty(token.line)
                } else {
                    self.node(false, false)
                };
            }
            if token.kind != TokenKind::FlowMappingEnd {
                self.states.push(State::FlowMappingEmptyValue);
                return self.node(false, false);
            }
        }
        self.scanner.take()?;
        self.close()
    }

    fn flow_mapping_value(&mut self) -> Result<(), Wrong> {
        self.states.push(State::FlowMappingKey);
        let token = self.scanner.peek()?.clone();
        if token.kind == TokenKind::Value {
            self.scanner.take()?;
            let next = &self.scanner.peek()?.kind;
            if !matches!(next, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                return self.node(false, false);
            }
        }
        self.empty(token.line)
    }

    fn empty(&mut self, line: usize) -> Result<(), Wrong> {
        self.add(Value::Plain(Plain::Nothing), line, None)
    }

    /// Puts a value where one is wanted.
    fn add(&mut self, value: Value, line: usize, anchor: Option<String>) -> Result<(), Wrong> {
        if self.nodes.len() >= limits::KUBECONFIG_VALUES {
            return Err(Wrong::too_many(line + 1));
        }
        let index = self.nodes.len();
        self.nodes.push(YamlNode { value, line: line + 1 });
        if let Some(name) = anchor {
            self.anchors.insert(name, index);
        }
        match self.open.last_mut() {
            Some(open) => open.children.push(index),
            None => self.root = Some(index),
        }
        Ok(())
    }

    fn begin(&mut self, is_mapping: bool, line: usize, anchor: Option<String>) -> Result<(), Wrong> {
        let node = self.nodes.len();
        self.add(Value::Plain(Plain::Nothing), line, anchor)?;
        self.is_open.insert(node);
        self.open.push(OpenCollection {
            node,
            is_mapping,
            children: Vec::new(),
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Wrong> {
        let Some(open) = self.open.pop() else {
            return Err(self.wrong());
        };
        self.is_open.remove(&open.node);
        let value = if open.is_mapping {
            Value::Mapping(open.children.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
        } else {
            Value::List(open.children)
        };
        if let Some(node) = self.nodes.get_mut(open.node) {
            node.value = value;
        }
        Ok(())
    }
}
