//! Lines of standard input, each bounded.

use std::io::{self, BufRead};

use crate::limits;

/// What was read.
pub(super) enum Got<'a> {
    /// A line without its end, and not blank.
    Line(&'a [u8]),
    /// A line beyond the bound. It was read to its end and not kept.
    TooLong,
}

/// A reader of lines.
pub(super) struct LineReader<R> {
    from: R,
    line: Vec<u8>,
    most: usize,
}

impl<R: BufRead> LineReader<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            line: Vec::new(),
            most: limits::MCP_LINE,
        }
    }

    /// The next line that is not blank; `None` at the end. What stands behind the last end of a line is a line too.
    pub(super) fn next(&mut self) -> io::Result<Option<Got<'_>>> {
        loop {
            self.line.clear();
            let mut is_too_long = false;
            let mut is_at_end = true;
            loop {
                let buffer = match self.from.fill_buf() {
                    Ok(buffer) => buffer,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                };
                if buffer.is_empty() {
                    break;
                }
                is_at_end = false;
                let end = buffer.iter().position(|octet| *octet == b'\n');
                let part = &buffer[..end.unwrap_or(buffer.len())];
                if self.line.len() + part.len() > self.most {
                    is_too_long = true;
                    // What was kept of it goes, and its memory too.
                    self.line = Vec::new();
                }
                if !is_too_long {
                    self.line.extend_from_slice(part);
                }
                let read = part.len() + usize::from(end.is_some());
                self.from.consume(read);
                if end.is_some() {
                    break;
                }
            }
            if is_too_long {
                return Ok(Some(Got::TooLong));
            }
            if is_at_end {
                return Ok(None);
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(Some(Got::Line(&self.line)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn read(text: &[u8], most: usize) -> Vec<Option<Vec<u8>>> {
        // A buffer of three octets: lines come in parts.
        let mut lines = LineReader {
            most,
            ..LineReader::new(BufReader::with_capacity(3, text))
        };
        let mut found = Vec::new();
        while let Some(got) = lines.next().expect("it can be read") {
            found.push(match got {
                Got::Line(line) => Some(line.to_vec()),
                Got::TooLong => None,
            });
        }
        found
    }

    #[test]
    fn lines_are_read_whole_and_blank_ones_are_none() {
        let line = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(read(b"", 8), []);
        assert_eq!(read(b"\n \r\n\n", 8), []);
        assert_eq!(
            read(b"one\ntwo\r\nthree", 8),
            [line("one"), line("two\r"), line("three")]
        );
        assert_eq!(
            read(b"12345678\n123456789\nx\n", 8),
            [line("12345678"), None, line("x")]
        );
        assert_eq!(read(b"1234567890123456789", 8), [None]);
        assert_eq!(read(b"\xff\xfe\n", 8), [Some(vec![0xff, 0xfe])]);
    }
}
