import { Html, html } from "../../provenance/page/html.ts"
import { layOut, type Point } from "./layout/lay-out.ts"
import type { Picture, PictureNode } from "./picture.ts"
import { LOOKS } from "./state-looks.ts"

/** More than this is no picture that anybody can look at, and would take a browser long. */
export const MOST_DRAWN = 2_000

const NODE_HEIGHT = 46
const MARGIN = 12
/** Of 13 px of a usual sans-serif face; measured generously, for what is installed where it is looked at is not known. */
const LETTER = 7.6
const LONGEST_LABEL = 34

/**
 * Draws a picture as SVG, with nothing that is loaded and no script. The words in it are text, so that it can be searched and read aloud.
 *
 * @returns a whole document, which may stand in HTML as it is.
 */
export function svgOf(picture: Picture): string {
  const { nodes, edges, title } = picture
  const labels = nodes.map(({ label, details }) => [shortened(label), shortened(details.join(" · "))] as const)
  const index = new Map(nodes.map(({ id }, at) => [id, at]))
  const layout = layOut(
    edges.map(({ from, to }) => [index.get(from) as number, index.get(to) as number] as const),
    {
      widths: labels.map(([label, detail]) => 28 + LETTER * Math.max(6, columns(label), columns(detail) * 0.88)),
      nodeHeight: NODE_HEIGHT,
      gapAcross: 22,
      gapDown: 38,
    },
  )
  const [width, height] = [layout.width + 2 * MARGIN, layout.height + 2 * MARGIN].map(Math.ceil) as [number, number]
  const drawing = html`<svg xmlns="http://www.w3.org/2000/svg" class="gt" width="${width}" height="${height}" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" role="img">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
<g class="edges">
${layout.edges.map((points) => html`<path fill="none" stroke="#8a94a0" d="${pathOf(points)}"/>\n`)}</g>
${nodes.map((node, at) => nodeElement(node, { middle: layout.nodes[at] as Point, labels: labels[at] as readonly [string, string] }))}</svg>
`
  return drawing.text
}

interface Drawn {
  readonly middle: Point
  readonly labels: readonly [label: string, detail: string]
}

function nodeElement({ kind, label, details, state }: PictureNode, { middle, labels }: Drawn): Html {
  const width = 28 + LETTER * Math.max(6, columns(labels[0]), columns(labels[1]) * 0.88)
  const [x, y] = [middle.x - width / 2, middle.y - NODE_HEIGHT / 2].map(rounded) as [string, string]
  const round = { input: 0, step: 8, output: NODE_HEIGHT / 2 }[kind]
  const hasDetail = labels[1] !== ""
  // For programs that know no style sheets; where they are known, those decide.
  const { fill, line } = state === undefined ? { fill: "#ffffff", line: "#7d8794" } : LOOKS[state]
  const text = html`<text text-anchor="middle" x="${rounded(middle.x)}" y="${rounded(middle.y + (hasDetail ? -3 : 4.5))}">${labels[0]}</text>`
  const detail = hasDetail
    ? html`<text text-anchor="middle" class="detail" x="${rounded(middle.x)}" y="${rounded(middle.y + 14)}">${labels[1]}</text>`
    : html``
  return html`<g class="${kind} ${state ?? ""}"><title>${[label, ...details].join("\n")}</title><rect x="${x}" y="${y}" width="${rounded(width)}" height="${NODE_HEIGHT}" rx="${round}" fill="${fill}" stroke="${line}"/>${text}${detail}</g>
`
}

/** Curves that leave and arrive upright. */
function pathOf(points: readonly Point[]): string {
  const [first] = points
  if (first === undefined) return ""
  const parts = [`M${rounded(first.x)} ${rounded(first.y)}`]
  for (const [at, { x, y }] of points.entries()) {
    const before = points[at - 1]
    if (before === undefined) continue
    const half = (before.y + y) / 2
    parts.push(`C${rounded(before.x)} ${rounded(half)} ${rounded(x)} ${rounded(half)} ${rounded(x)} ${rounded(y)}`)
  }
  return parts.join("")
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function shortened(text: string): string {
  const letters = [...text]
  return letters.length <= LONGEST_LABEL ? text : `${letters.slice(0, LONGEST_LABEL - 1).join("")}…`
}

/** Letters of East Asia are twice as wide. */
function columns(text: string): number {
  let count = 0
  for (const letter of text) count += (letter.codePointAt(0) as number) >= 0x1100 ? 2 : 1
  return count
}

const RULES = Object.entries(LOOKS)
const STYLE = [
  '.gt{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;max-width:none}',
  ".gt text{fill:#1c2024}.gt .detail{font-size:11.5px}",
  ".gt rect{fill:#fff;stroke:#7d8794;stroke-width:1.3}",
  ".gt .edges path{fill:none;stroke:#8a94a0;stroke-width:1.3}",
  ...RULES.map(([state, { fill, line, ink }]) => rule(state, { fill, line, ink })),
  "@media (prefers-color-scheme:dark){.gt text{fill:#e6e9ec}.gt rect{fill:#1d2329}",
  ...RULES.map(([state, { dark }]) => rule(state, dark)),
  "}",
].join("\n")

function rule(
  state: string,
  { fill, line, ink }: { readonly fill: string; readonly line: string; readonly ink: string },
): string {
  return `.gt .${state} rect{fill:${fill};stroke:${line}}.gt .${state} text{fill:${ink}}`
}
