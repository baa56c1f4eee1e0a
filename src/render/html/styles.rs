//! How the page looks. Colours are pairs of a light and a dark scheme, with a contrast of 4.5 to 1 and more (WCAG 2.2,
//! success criterion 1.4.3). A colour never says what no symbol or word says.

use crate::render::words::LineMark;

/// The style of a mark.
pub(crate) fn class(mark: LineMark) -> &'static str {
    match mark {
        LineMark::Good => "mark good",
        LineMark::Bad => "mark bad",
        LineMark::Warning => "mark warning",
        LineMark::Unsure => "mark unsure",
        LineMark::Info => "mark info",
    }
}

/// The colours of both schemes.
macro_rules! colours {
    () => {
        "
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f6f8fa; --ink: #1f2328; --faint: #59636e; --line: #d1d9e0;
  --good: #116329; --bad: #a40e26; --warning: #7d4e00; --link: #0550ae;
  --good-ground: #dafbe1; --bad-ground: #ffebe9; --warning-ground: #fff8c5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --panel: #161b22; --ink: #e6edf3; --faint: #9198a1; --line: #3d444d;
    --good: #56d364; --bad: #ff8f88; --warning: #e3b341; --link: #79b8ff;
    --good-ground: #12261e; --bad-ground: #2d1519; --warning-ground: #272115;
  }
}
"
    };
}

/// The picture of the way.
macro_rules! way {
    () => {
        ".way text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: var(--ink); }
.way rect { fill: var(--panel); stroke: var(--line); stroke-width: 1.5; }
.way path { fill: none; stroke: var(--faint); stroke-width: 1.5; }
.way .good rect { stroke: var(--good); } .way .bad rect { stroke: var(--bad); }
.way .warning rect, .way .unsure rect { stroke: var(--warning); }
.way .good path { stroke: var(--good); } .way .bad path { stroke: var(--bad); }
.way .warning path, .way .unsure path { stroke: var(--warning); }
.way .good .symbol { fill: var(--good); } .way .bad .symbol { fill: var(--bad); }
.way .warning .symbol, .way .unsure .symbol { fill: var(--warning); }
.way .symbol { font-weight: 700; }
"
    };
}

/// The style sheet of the page. It has nothing of HTML's in it: `<` does not occur.
pub(crate) const PAGE: &str = concat!(
    colours!(),
    "* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.25rem; max-width: 60rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.35rem; line-height: 1.35; margin: 0; font-weight: 600; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .4rem; }
p, ul { margin: .5rem 0; }
ul { padding-left: 1.25rem; }
li { margin: .2rem 0; }
a { color: var(--link); }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  font-size: .875em; }
pre {
  margin: .5rem 0; padding: .75rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--line);
  border-radius: .375rem; line-height: 1.45; overflow-wrap: normal; white-space: pre;
}
pre.message { white-space: pre-wrap; overflow-wrap: anywhere; }
.verdict { padding: .9rem 1rem; border-radius: .5rem; border: 1px solid var(--line); border-left-width: .4rem;
  background: var(--panel); }
.verdict.good { border-left-color: var(--good); background: var(--good-ground); }
.verdict.bad { border-left-color: var(--bad); background: var(--bad-ground); }
.verdict.warning, .verdict.unsure { border-left-color: var(--warning); background: var(--warning-ground); }
.verdict p { margin: .35rem 0 0; color: var(--ink); }
.mark { font-weight: 700; white-space: nowrap; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.warning, .unsure { color: var(--warning); }
.info { color: var(--faint); }
.verdict.good h1, .verdict.bad h1, .verdict.warning h1, .verdict.unsure h1, .verdict.info h1 { color: var(--ink); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.faint { color: var(--faint); font-size: .9em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0; }
dt { color: var(--faint); }
dd { margin: 0; min-width: 0; }
figure { margin: 1.5rem 0; }
figure svg { display: block; width: 100%; height: auto; }
figure svg.wide { max-width: 50rem; }
figure svg.narrow { display: none; max-width: 25rem; }
/* What is not seen is placed within it, so that it scrolls along and makes no page wider. */
.scroll { overflow-x: auto; position: relative; }
.phone, .place { display: none; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--faint); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; }
.nowrap { white-space: nowrap; }
.scroll code, .scroll .mono { white-space: nowrap; }
/* A table scrolls before its words are broken. */
.scroll th, .scroll td { overflow-wrap: break-word; }
details { margin: .4rem 0; border: 1px solid var(--line); border-radius: .375rem; }
details > summary { padding: .5rem .75rem; cursor: pointer; }
details > .inside { padding: 0 .75rem .5rem; }
details[open] > summary { border-bottom: 1px solid var(--line); margin-bottom: .5rem; }
.below { margin-left: 1.25rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .2rem; }
footer { margin-top: 2.5rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--faint);
  font-size: .875rem; }
@media (max-width: 40rem) {
  body { padding: .9rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
  figure svg.wide { display: none; }
  figure svg.narrow { display: block; }
  .phone, .place { display: inline; }
  .scroll code, .scroll .mono, .scroll .nowrap { white-space: normal; }
  .scroll th, .scroll td { overflow-wrap: anywhere; }
  table.stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.stacked tr { display: block; padding: .6rem 0; border-bottom: 1px solid var(--line); }
  table.stacked th, table.stacked td { display: block; border: 0; padding: .05rem 0; }
}
@media print {
  :root {
    --ground: #ffffff; --panel: #ffffff; --ink: #000000; --faint: #333333; --line: #999999;
    --good: #0b4a1d; --bad: #8a0a1f; --warning: #5c3a00; --link: #000000;
    --good-ground: #ffffff; --bad-ground: #ffffff; --warning-ground: #ffffff;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .scroll { overflow: visible; }
  .scroll code, .scroll .mono, .scroll .nowrap, .scroll th { white-space: normal; overflow-wrap: anywhere; }
  table.many thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.many tr { display: block; padding: .4rem 0; border-bottom: 1px solid var(--line); }
  table.many th, table.many td { display: block; border: 0; padding: .05rem 0; }
  table.many .place { display: inline; }
  tr, figure, .verdict { break-inside: avoid; }
  h2, h3, summary { break-after: avoid; }
}
",
    way!()
);

/// The style sheet of a picture that stands alone, on a ground of its own.
pub(crate) const PICTURE: &str = concat!(
    colours!(),
    ".ground { fill: var(--ground); stroke: var(--line); }
",
    way!(),
    ".way .headline { font-weight: 700; font-size: 14px; }
.way .headline.bad { fill: var(--bad); } .way .headline.good { fill: var(--good); }
.way .headline.warning { fill: var(--warning); }
.way .faint { fill: var(--faint); }
"
);
