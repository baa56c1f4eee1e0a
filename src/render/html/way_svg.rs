//! The way of the question, drawn: boxes from left to right on a wide screen, and from top to bottom on a narrow one.
//! What is drawn is decided in `src/render/way.rs`, for the picture in text too.

use std::fmt;

use super::{Html, styles};
use crate::limits;
use crate::render::Style;
use crate::render::text::wrap_cell;
use crate::render::way::{Way, ways};
use crate::render::words::{self, LineMark};
use crate::report::Report;

/// Between two lines of a text, in the units of the drawing.
const LINE: u32 = 18;
/// One column of a monospaced font of 13 units: 0.6 of it, and a little more for fonts that are wider.
const COLUMN: u32 = 8;
/// Between the edge of a box and its text.
const PAD: u32 = 10;
/// Between two boxes, one below the other.
const GAP: u32 = 14;

/// A column of boxes.
#[derive(Clone, Copy)]
struct BoxColumn {
    x: u32,
    width: u32,
}

impl BoxColumn {
    fn end(self) -> u32 {
        self.x + self.width
    }

    fn lines(self, text: &str) -> Vec<String> {
        wrap_cell(text, ((self.width - 2 * PAD) / COLUMN) as usize)
    }
}

/// Where the boxes stand.
struct Layout {
    class: &'static str,
    width: u32,
    start: BoxColumn,
    resolvers: BoxColumn,
    end: BoxColumn,
    /// Whether the start stands above its ways, and not beside them.
    is_above: bool,
}

const WIDE: Layout = Layout {
    class: "way wide",
    width: 800,
    start: BoxColumn { x: 1, width: 150 },
    resolvers: BoxColumn { x: 196, width: 330 },
    end: BoxColumn { x: 571, width: 228 },
    is_above: false,
};

const NARROW: Layout = Layout {
    class: "way narrow",
    width: 400,
    start: BoxColumn { x: 1, width: 398 },
    resolvers: BoxColumn { x: 36, width: 180 },
    end: BoxColumn { x: 249, width: 150 },
    is_above: true,
};

/// Height of a box with this many lines.
fn height(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX / LINE) * LINE + 2 * PAD - 4
}

/// One way, in lines.
struct WayRow {
    resolvers: Vec<String>,
    end: Vec<String>,
    mark: Option<LineMark>,
}

impl WayRow {
    fn of(way: &Way, layout: &Layout, style: &Style) -> Self {
        let mut resolvers: Vec<String> = Vec::new();
        for resolver in way.resolvers.iter().take(limits::NAMES_SHOWN) {
            resolvers.extend(layout.resolvers.lines(&style.escape(resolver)));
        }
        if way.resolvers.len() > limits::NAMES_SHOWN {
            resolvers.push(format!("and {} more", way.resolvers.len() - limits::NAMES_SHOWN));
        }
        for server in way.behind.iter().take(limits::NAMES_SHOWN) {
            let arrow = if style.ascii { "->" } else { "→" };
            resolvers.extend(layout.resolvers.lines(&style.escape(&format!("{arrow} {server}"))));
        }
        Self {
            resolvers,
            end: layout.end.lines(&style.escape(&way.end)),
            mark: way.mark,
        }
    }

    fn height(&self) -> u32 {
        // The mark stands below the end's text.
        let end = self.end.len() + usize::from(self.mark.is_some());
        height(self.resolvers.len().max(end))
    }
}

/// Ways with the same start, in the order in which they first come up.
fn grouped(ways: &[Way]) -> Vec<(&str, Vec<&Way>)> {
    let mut groups: Vec<(&str, Vec<&Way>)> = Vec::new();
    for way in ways {
        match groups.iter_mut().find(|(start, _)| *start == way.start) {
            Some((_, group)) => group.push(way),
            None => groups.push((&way.start, vec![way])),
        }
    }
    groups
}

/// Ways of one start, measured.
struct WayGroup {
    start: Vec<String>,
    rows: Vec<WayRow>,
    /// Of the start's box where it stands beside its ways, and of all the boxes of these.
    height: u32,
    ways: u32,
}

impl WayGroup {
    fn of(start: &str, ways: &[&Way], layout: &Layout, style: &Style) -> Self {
        let start = layout.start.lines(&style.escape(start));
        let rows: Vec<WayRow> = ways.iter().map(|way| WayRow::of(way, layout, style)).collect();
        let ways = (rows.iter().map(|row| row.height() + GAP).sum::<u32>()).saturating_sub(GAP);
        let own = height(start.len());
        let height = if layout.is_above {
            own + GAP + ways
        } else {
            own.max(ways)
        };
        Self {
            start,
            rows,
            height,
            ways,
        }
    }
}

/// The picture of a report.
pub(super) fn figure(html: &mut Html<'_>, report: &Report) -> fmt::Result {
    figure_of(html, &ways(report))
}

/// The picture for both widths of a screen; nothing where nobody was asked.
pub(crate) fn figure_of(html: &mut Html<'_>, ways: &[Way]) -> fmt::Result {
    if ways.is_empty() {
        return Ok(());
    }
    html.within("figure", &[], |html| {
        html.new_line()?;
        svg(html, ways, &WIDE)?;
        svg(html, ways, &NARROW)?;
        if ways.len() > limits::WAYS_DRAWN {
            let more = format!("and {} more in the table", ways.len() - limits::WAYS_DRAWN);
            html.element("figcaption", &[("class", "faint")], &more)?;
        }
        Ok(())
    })
}

/// The picture in words, for those who do not see it.
fn in_words(ways: &[Way], style: &Style) -> String {
    let lines: Vec<String> = ways
        .iter()
        .take(limits::WAYS_DRAWN)
        .map(|way| way.line(style, limits::NAMES_SHOWN))
        .collect();
    format!("The way of the question: {}", lines.join("; "))
}

fn svg(html: &mut Html<'_>, ways: &[Way], layout: &Layout) -> fmt::Result {
    let words = in_words(ways, html.style);
    let view = format!("0 0 {} {}", layout.width, total(html.style, ways, layout));
    let attributes = [
        ("class", layout.class),
        ("viewBox", view.as_str()),
        ("role", "img"),
        ("aria-label", words.as_str()),
    ];
    html.within("svg", &attributes, |html| {
        html.new_line()?;
        draw(html, ways, layout, 0)
    })
}

fn total(style: &Style, ways: &[Way], layout: &Layout) -> u32 {
    let drawn = &ways[..ways.len().min(limits::WAYS_DRAWN)];
    grouped(drawn)
        .iter()
        .map(|(start, group)| WayGroup::of(start, group, layout, style).height + GAP)
        .sum::<u32>()
        + 2
}

/// The boxes and arrows below `top`.
fn draw(html: &mut Html<'_>, ways: &[Way], layout: &Layout, top: u32) -> fmt::Result {
    let drawn = &ways[..ways.len().min(limits::WAYS_DRAWN)];
    let mut y = top + 1;
    for (start, group) in grouped(drawn) {
        let group = WayGroup::of(start, &group, layout, html.style);
        let end = y + group.height + GAP;
        let mut trunk = y;
        if layout.is_above {
            let own = height(group.start.len());
            boxed(html, layout.start, y, own, &group.start, None)?;
            trunk = y + own;
            y = trunk + GAP;
        } else {
            boxed(html, layout.start, y, group.height, &group.start, None)?;
            // A start with a long name is taller than its ways, which then stand at its middle.
            y += (group.height - group.ways) / 2;
        }
        for row in &group.rows {
            let own = row.height();
            let middle = y + own / 2;
            let class = row.mark.map_or("way-plain", styles::class);
            html.within("g", &[("class", class)], |html| {
                html.new_line()?;
                if layout.is_above {
                    let x = layout.resolvers.x;
                    path(html, &format!("M {} {trunk} V {middle} H {x}", x / 2))?;
                    arrow(html, x, middle)?;
                } else {
                    path(
                        html,
                        &format!("M {} {middle} H {}", layout.start.end(), layout.resolvers.x),
                    )?;
                    arrow(html, layout.resolvers.x, middle)?;
                }
                boxed(html, layout.resolvers, y, own, &row.resolvers, None)?;
                path(
                    html,
                    &format!("M {} {middle} H {}", layout.resolvers.end(), layout.end.x),
                )?;
                arrow(html, layout.end.x, middle)?;
                boxed(html, layout.end, y, own, &row.end, row.mark)
            })?;
            y += own + GAP;
        }
        y = end;
    }
    Ok(())
}

fn path(html: &mut Html<'_>, steps: &str) -> fmt::Result {
    html.within("path", &[("d", steps)], |_| Ok(()))
}

fn arrow(html: &mut Html<'_>, x: u32, y: u32) -> fmt::Result {
    path(html, &format!("M {} {} L {x} {y} L {} {}", x - 7, y - 5, x - 7, y + 5))
}

/// A box with its lines in the middle, and its mark below them.
fn boxed(
    html: &mut Html<'_>,
    lane: BoxColumn,
    y: u32,
    height: u32,
    lines: &[String],
    mark: Option<LineMark>,
) -> fmt::Result {
    let [x, top, width, tall] = [lane.x, y, lane.width, height].map(|number| number.to_string());
    let attributes = [
        ("x", x.as_str()),
        ("y", top.as_str()),
        ("width", width.as_str()),
        ("height", tall.as_str()),
        ("rx", "6"),
    ];
    html.within("rect", &attributes, |_| Ok(()))?;
    let count = u32::try_from(lines.len() + usize::from(mark.is_some())).unwrap_or(u32::MAX);
    let mut baseline = y + height.saturating_sub(count * LINE) / 2 + 13;
    for line in lines {
        // They are escaped before they are broken into lines, so that a code is counted as it is shown.
        written(html, lane.x + PAD, baseline, "label", line)?;
        baseline += LINE;
    }
    if let Some(mark) = mark {
        let said = format!("{} {}", mark.symbol(html.style.ascii), super::meaning(mark));
        written(html, lane.x + PAD, baseline, "symbol", &said)?;
    }
    Ok(())
}

fn written(html: &mut Html<'_>, x: u32, y: u32, class: &'static str, text: &str) -> fmt::Result {
    let [x, y] = [x, y].map(|number| number.to_string());
    html.element("text", &[("x", &x), ("y", &y), ("class", class)], text)
}

/// A picture that stands alone, as SVG: the headline, the way, and what kubectl prints.
pub fn picture(report: &Report, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    const EDGE: u32 = 20;
    let ways = ways(report);
    let headline = words::headline(report);
    let room = ((WIDE.width - COLUMN) / (COLUMN + 1)) as usize;
    let lines = |text: &str| wrap_cell(&style.escape(text), room);
    let said = format!(
        "{} {}: {}",
        headline.mark.symbol(style.ascii),
        headline.conclusion,
        headline.text
    );
    let first = lines(&said);
    let target = lines(&report.target.shown());
    let kubectl = words::kubectl(report).and_then(|kubectl| kubectl.messages.first());
    let kubectl = kubectl.map_or_else(Vec::new, |message| lines(&format!("kubectl: {message}")));
    let above = u32::try_from(first.len() + target.len()).unwrap_or(u32::MAX) * LINE + GAP;
    let drawn = total(style, &ways, &WIDE);
    let below = u32::try_from(kubectl.len()).unwrap_or(u32::MAX) * LINE;
    let (width, height) = (WIDE.width + 2 * EDGE, above + drawn + below + 2 * EDGE);
    let [wide, tall] = [width, height].map(|number| number.to_string());
    let view = format!("0 0 {width} {height}");
    let mut html = Html::new(style, out);
    let words = format!("{said}. {}", in_words(&ways, style));
    let attributes = [
        ("xmlns", "http://www.w3.org/2000/svg"),
        ("viewBox", view.as_str()),
        ("width", wide.as_str()),
        ("height", tall.as_str()),
        ("role", "img"),
        ("aria-label", words.as_str()),
    ];
    html.within("svg", &attributes, |html| {
        html.new_line()?;
        html.style_sheet(styles::PICTURE)?;
        let ground = [
            ("class", "ground"),
            ("x", "1"),
            ("y", "1"),
            ("width", &(width - 2).to_string()),
            ("height", &(height - 2).to_string()),
            ("rx", "10"),
        ];
        html.within("rect", &ground, |_| Ok(()))?;
        let shift = format!("translate({EDGE} {EDGE})");
        html.within("g", &[("class", "way"), ("transform", &shift)], |html| {
            html.new_line()?;
            let mut baseline = 13;
            for line in first {
                let class = match headline.mark {
                    LineMark::Good => "headline good",
                    LineMark::Bad => "headline bad",
                    LineMark::Warning | LineMark::Unsure | LineMark::Info => "headline warning",
                };
                written(html, 0, baseline, class, &line)?;
                baseline += LINE;
            }
            for line in target {
                written(html, 0, baseline, "faint", &line)?;
                baseline += LINE;
            }
            draw(html, &ways, &WIDE, above)?;
            baseline = above + drawn + 13;
            for line in kubectl {
                written(html, 0, baseline, "label", &line)?;
                baseline += LINE;
            }
            Ok(())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::PLACE_NAME;

    /// The values of an attribute, in the order of the elements of this name.
    fn values(svg: &str, element: &str, attribute: &str) -> Vec<u32> {
        let (element, attribute) = (format!("<{element} "), format!("{attribute}=\""));
        let of = |rest: &str| {
            let (_, value) = rest.split_once(&attribute)?;
            value.split_once('"')?.0.parse().ok()
        };
        svg.split(&element).skip(1).filter_map(of).collect()
    }

    #[test]
    fn every_line_stands_in_a_box() {
        let name = |letter: char| letter.to_string().repeat(PLACE_NAME);
        let way = |start: String| Way {
            start,
            resolvers: vec!["local".to_owned()],
            behind: Vec::new(),
            end: "no answer".to_owned(),
            mark: Some(LineMark::Bad),
        };
        let ways = [way(name('a')), way(name('b')), way("short".to_owned()), way(name('W'))];
        for layout in [&WIDE, &NARROW] {
            let mut out = String::new();
            let style = Style::default();
            assert_eq!(svg(&mut Html::new(&style, &mut out), &ways, layout), Ok(()));
            let boxes: Vec<(u32, u32)> = values(&out, "rect", " y")
                .into_iter()
                .zip(values(&out, "rect", " height"))
                .collect();
            let lines = values(&out, "text", " y");
            assert!(lines.len() > ways.len() * 4, "{out}");
            for baseline in lines {
                let is_in = |(top, height): &(u32, u32)| baseline >= top + 13 && baseline + 4 <= top + height;
                assert!(boxes.iter().any(is_in), "{}: {baseline}: {boxes:?}", layout.class);
            }
            // The boxes of the starts, of which each stands below the one before, and the last within the picture.
            let starts: Vec<&(u32, u32)> = boxes.iter().step_by(3).collect();
            assert!(
                starts.windows(2).all(|pair| pair[0].0 + pair[0].1 < pair[1].0),
                "{starts:?}"
            );
            let whole = total(&style, &ways, layout);
            assert!(
                boxes.iter().all(|(top, height)| top + height <= whole),
                "{whole}: {boxes:?}"
            );
        }
    }
}
