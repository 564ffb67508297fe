import type { Picture, PictureNode } from "./picture.ts"
import { LOOKS } from "./state-looks.ts"

/**
 * A picture in the words of Mermaid, which GitHub, GitLab and many editors draw.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html, "Special characters that break syntax"
 */
export function mermaidOf({ nodes, edges }: Picture): string {
  const used = [...new Set(nodes.flatMap(({ state }) => (state === undefined ? [] : [state])))].toSorted()
  const lines = [
    "flowchart TB",
    ...nodes.map((node) => `  ${shapeOf(node)}${node.state === undefined ? "" : `:::${node.state}`}`),
    ...edges.map(({ from, to }) => `  ${from} --> ${to}`),
    ...used.map((state) => {
      const { fill, line, ink } = LOOKS[state]
      return `  classDef ${state} fill:${fill},stroke:${line},color:${ink}`
    }),
  ]
  return `${lines.join("\n")}\n`
}

function shapeOf({ id, kind, label, details }: PictureNode): string {
  const text = [label, ...details].map(escaped).join("<br>")
  switch (kind) {
    case "input":
      return `${id}[/"${text}"/]`
    case "output":
      return `${id}(["${text}"])`
    case "step":
      return `${id}["${text}"]`
  }
}

/** All that could mean something to Mermaid, HTML or Markdown goes in by its number. */
function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{M}\p{N} ,./×:-]/gu, (character) => `#${character.codePointAt(0)};`)
}
