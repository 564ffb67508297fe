import type { Picture, PictureNode } from "./picture.ts"
import { LOOKS } from "./state-looks.ts"

/**
 * A picture in the language of Graphviz.
 *
 * @see https://graphviz.org/doc/info/lang.html and https://graphviz.org/docs/attr-types/escString
 */
export function dotOf({ title, nodes, edges }: Picture): string {
  const lines = [
    `digraph ${quoted(title)} {`,
    '  graph [fontname="sans-serif", rankdir=TB]',
    '  node [fontname="sans-serif", fontsize=11, shape=box, style="rounded,filled", fillcolor="#ffffff"]',
    '  edge [color="#5b6470", arrowsize=0.7]',
    ...nodes.map((node) => `  ${node.id} [${attributesOf(node)}]`),
    ...edges.map(({ from, to }) => `  ${from} -> ${to}`),
    "}",
  ]
  return `${lines.join("\n")}\n`
}

const SHAPES = { input: "note", step: "box", output: "folder" } as const

function attributesOf({ kind, label, details, state }: PictureNode): string {
  const text = [label, ...details].map(escaped).join("\\n")
  const shape = kind === "step" ? "" : `, shape=${SHAPES[kind]}, style=filled`
  if (state === undefined) return `label="${text}"${shape}`
  const { fill, line, ink } = LOOKS[state]
  return `label="${text}"${shape}, fillcolor="${fill}", color="${line}", fontcolor="${ink}"`
}

function quoted(text: string): string {
  return `"${escaped(text)}"`
}

/** A quotation mark would end the text, a backslash begins an escape, an ampersand an entity; what cannot be drawn is shown by its number. */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll(/["\\]/g, (character) => `\\${character}`)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
      return `\\\\u{${(character.codePointAt(0) as number).toString(16)}}`
    })
}
