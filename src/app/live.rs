//! The live table of a watch: at the foot of a terminal, below the lines that stay.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::{Error, output};
use crate::cli::args::OutputArgs;
use crate::render::{Format, Style, text, words::LineMark};
use crate::watch::BoardRow;

/// Rows of a terminal where it does not say.
const ROWS: usize = 24;

/// What stands at the foot of the terminal, if anything does.
pub(super) struct TerminalFoot<'a> {
    args: &'a OutputArgs,
    style: Style,
    rows: usize,
    /// Lines that are on the screen and will be written over.
    drawn: usize,
    on: bool,
}

impl<'a> TerminalFoot<'a> {
    /// Shows something only where a person looks on: the table format on a terminal that can move its cursor.
    pub(super) fn new(args: &'a OutputArgs) -> Self {
        let on = matches!(args.format, Format::Table)
            && !args.quiet
            && !args.verbose
            && io::stdout().is_terminal()
            && output::can_move_cursor();
        let rows = terminal_size::terminal_size().map_or(ROWS, |(_, rows)| rows.0.into());
        Self {
            args,
            style: output::terminal_style(args),
            rows,
            drawn: 0,
            on,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// Takes the table away, so that what is printed next stands in its place.
    pub(super) fn clear(&mut self) -> Result<(), Error> {
        match std::mem::take(&mut self.drawn) {
            0 => Ok(()),
            lines => output::stdout(format!("\x1b[{lines}A\r\x1b[J").as_bytes()),
        }
    }

    /// Draws the table anew.
    pub(super) fn draw(&mut self, head: &str, board: &[BoardRow]) -> Result<(), Error> {
        if !self.on {
            return Ok(());
        }
        let lines = lines(
            head,
            board,
            self.rows,
            |line| output::line(line, self.args),
            &self.style,
        );
        let mut frame = match self.drawn {
            0 => String::new(),
            drawn => format!("\x1b[{drawn}A\r\x1b[J"),
        };
        for line in &lines {
            frame.push_str(line);
            frame.push('\n');
        }
        self.drawn = lines.len();
        output::stdout(frame.as_bytes())
    }
}

/// The table's lines, none of which is wider than the terminal, and no more than it has.
fn lines(head: &str, board: &[BoardRow], rows: usize, safe: impl Fn(&str) -> String, style: &Style) -> Vec<String> {
    let names: Vec<String> = board.iter().map(|row| safe(&row.name)).collect();
    let column = names.iter().map(|name| name.width()).max().unwrap_or(0).min(24);
    // The line that the cursor is on, and the head.
    let room = rows.saturating_sub(3).max(1);
    let mut lines = vec![cut(&safe(head), style.width)];
    for (row, name) in board.iter().zip(&names).take(room) {
        let mark = match row.right {
            Some(true) => Some(LineMark::Good),
            Some(false) => Some(LineMark::Bad),
            None => None,
        };
        let symbol = mark.map_or(" ", |mark| mark.symbol(style.ascii));
        let name = cut(name, column);
        let padding = " ".repeat(column.saturating_sub(name.width()));
        let rest = format!(" {name}{padding}  {}", safe(&row.words));
        let rest = cut(&rest, style.width.saturating_sub(symbol.width()));
        let symbol = mark.map_or_else(|| symbol.to_owned(), |mark| mark.paint().on(symbol, style.color));
        lines.push(format!("{symbol}{rest}"));
    }
    if let Some(more) = board.len().checked_sub(room).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more"));
    }
    lines
}

fn cut(line: &str, width: usize) -> String {
    text::fit(line, width).to_owned()
}

/// `8s of 20m, next look in 7s: broken`.
pub(super) fn head(name: &str, elapsed: Duration, bound: Duration, next: Option<Duration>, conclusion: &str) -> String {
    let whole = |time: Duration| humantime::format_duration(Duration::from_secs(time.as_secs()));
    let mut head = format!("{conclusion}  {} of {}", whole(elapsed), whole(bound));
    let _ = match next {
        Some(next) => write!(head, ", next look in {}", whole(next)),
        None => write!(head, ", asking"),
    };
    let _ = write!(head, "  {name}");
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, right: Option<bool>) -> BoardRow {
        BoardRow {
            name: name.to_owned(),
            right,
            words: "match 192.168.104.190, 192.168.131.209, for 1m 10s".to_owned(),
        }
    }

    #[test]
    fn no_line_is_wider_and_no_table_taller_than_the_terminal() {
        let board: Vec<BoardRow> = (0..30)
            .map(|number| row(&format!("日本語-{number}"), [Some(true), Some(false), None][number % 3]))
            .collect();
        for width in [40, 57, 80] {
            let style = Style {
                width,
                ..Style::default()
            };
            let lines = lines("head \u{1b}[2J", &board, 10, text::escape, &style);
            assert!(lines.iter().all(|line| line.width() <= width), "{lines:#?}");
            assert_eq!(lines.len(), 9);
            assert_eq!(lines.last().map(String::as_str), Some("  and 23 more"));
            assert!(!lines.concat().contains('\u{1b}'));
        }
    }

    #[test]
    fn the_head_says_how_long_and_how_long_yet() {
        let seconds = Duration::from_secs;
        let line = head(
            "x",
            seconds(8),
            seconds(1200),
            Some(Duration::from_millis(7400)),
            "broken",
        );
        assert_eq!(line, "broken  8s of 20m, next look in 7s  x");
        let line = head("x", seconds(8), seconds(1200), None, "broken");
        assert_eq!(line, "broken  8s of 20m, asking  x");
    }
}
