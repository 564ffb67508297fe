import ts from "typescript"
import { type SourceFile, visit } from "./source-file.ts"

export interface LineCounts {
  readonly lines: number
  /** Lines that hold nothing but comment. */
  readonly comments: number
  /** Lines that hold something else. */
  readonly code: number
}

/** Counts lines as a reader sees them: blank ones are neither comment nor code. */
export function countLines(file: SourceFile): LineCounts {
  const codeLines = linesWithTokens(file.tree)
  const lines = file.text.replace(/\n$/, "").split("\n")
  const comments = lines.filter((line, index) => line.trim() !== "" && !codeLines.has(index)).length
  return { lines: lines.length, comments, code: codeLines.size }
}

/** What gets round the type checker: `any` in the place of a type, and comments that silence a tool. */
export function countEscapes(file: SourceFile): { readonly any: number; readonly suppressions: number } {
  let any = 0
  visit(file.tree, (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) any += 1
  })
  const suppressions = file.text.match(/@ts-(ignore|expect-error|nocheck)\b|\bbiome-ignore\b/g)?.length ?? 0
  return { any, suppressions }
}

function linesWithTokens(tree: ts.SourceFile): ReadonlySet<number> {
  const found = new Set<number>()
  const walk = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return
    // Children, and not forEachChild, for braces and the like are tokens too.
    const children = node.getChildren(tree)
    for (const child of children) walk(child)
    if (children.length > 0 || node.getWidth(tree) === 0) return
    const first = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line
    const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line
    for (let line = first; line <= last; line += 1) found.add(line)
  }
  walk(tree)
  return found
}
