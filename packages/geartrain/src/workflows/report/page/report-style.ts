/** What a report has beside the style that all pages share. */
export const REPORT_STYLE = `
body { max-width: 74rem }
.bars { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
.bars text { fill: var(--soft) } .bars .lane { fill: var(--ink) } .bars line { stroke: var(--line) }
.bars .complete { fill: #4c9a6c } .bars .failed { fill: #c94b4b } .bars .cancelled { fill: #c99a3c } .bars .running { fill: #4d87c0 }
.counts { display: flex; flex-wrap: wrap; gap: .4rem 2rem; padding: 0; margin: .8rem 0; list-style: none }
.counts b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.counts span { color: var(--soft); font-size: .9rem }
details { margin: .8rem 0 } summary { cursor: pointer }
`
