/** In the page itself: nothing is loaded from anywhere. Dark where the reader's system is, black on white on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6470; --line: #d9dee4; --paper: #ffffff; --shade: #f5f7f9; --link: #0b57a4;
  --good: #16653a; --good-shade: #e3f4ea; --bad: #9f1d1d; --bad-shade: #fbe7e7; --open: #7a4b00; --open-shade: #fbf0da }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a3adb8; --line: #39414a; --paper: #14181c; --shade: #1d2329; --link: #7db7f5;
  --good: #85d9a6; --good-shade: #17352a; --bad: #f2a0a0; --bad-shade: #442020; --open: #f0c674; --open-shade: #3d3117 } }
* { box-sizing: border-box }
html { font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink); background: var(--paper) }
body { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; text-wrap: balance }
h2 { font-size: 1.3rem; margin: 2.8rem 0 .8rem; padding-top: 1.2rem; border-top: 1px solid var(--line) }
h3 { font-size: 1.02rem; margin: 1.6rem 0 .5rem }
p { max-width: 44rem; margin: .6rem 0 }
.lead { color: var(--soft); font-size: 1.08rem }
a { color: var(--link); text-underline-offset: .15em }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px }
code, pre, .digest { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .86em }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; overflow-x: auto; white-space: pre-wrap;
  overflow-wrap: anywhere }
.digest { overflow-wrap: anywhere; color: var(--soft) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.4rem; margin: .6rem 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .93rem }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--line) }
th { font-weight: 600 }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.name { overflow-wrap: anywhere; min-width: 9rem }
.verdict { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-weight: 600; font-size: .9rem; color: var(--open);
  background: var(--open-shade) }
.verdict.good { color: var(--good); background: var(--good-shade) }
.verdict.bad { color: var(--bad); background: var(--bad-shade) }
.away { color: var(--open) }
nav ul { list-style: none; padding: 0; margin: .8rem 0 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9rem }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5rem } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #333; --line: #bbb; --paper: #fff; --shade: #fff; --link: #000; --good: #000;
  --good-shade: #fff; --bad: #000; --bad-shade: #fff; --open: #000; --open-shade: #fff }
  html { font-size: 10pt } body { max-width: none; padding: 0 } nav { display: none } h2, h3 { break-after: avoid } tr, dl > * { break-inside: avoid }
  .scroll { overflow: visible } .verdict { border: 1px solid #000 } }
`
