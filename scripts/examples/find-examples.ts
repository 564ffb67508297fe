import { readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"
import { findFiles, type SourceFile, visit } from "../source/source-file.ts"
import { TOP } from "../top.ts"

/** Code that stands in a comment or a document. */
export interface Example {
  /** The file it stands in, relative to the checkout. */
  readonly path: string
  /** Number of the line before its first. */
  readonly line: number
  readonly code: string
}

/** What makes a piece of text an example that can be held against the program. */
const CLAIM = /\/\/ (=>|throws) /

/** The `@example`s of a file that claim something. */
export function examplesInComments(file: SourceFile): readonly Example[] {
  const found: Example[] = []
  const seen = new Set<number>()
  visit(file.tree, (node) => {
    for (const comment of ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? []) {
      if (seen.has(comment.pos)) continue
      seen.add(comment.pos)
      const before = file.tree.getLineAndCharacterOfPosition(comment.pos).line
      found.push(...examplesOf(file.text.slice(comment.pos, comment.end), file.path, before))
    }
  })
  return found
}

/** The fenced blocks of documents, in TypeScript or JavaScript, that claim something. */
export function examplesInDocuments(): readonly Example[] {
  return findFiles("*.md", "{docs,packages,examples,conformance,bench}/**/*.md").flatMap((path) => {
    const text = readFileSync(join(TOP, path), "utf8")
    return [...text.matchAll(/^```(?:ts|typescript|js|javascript)\n(.*?)^```/gms)]
      .map((match) => ({ path, line: text.slice(0, match.index).split("\n").length, code: match[1] ?? "" }))
      .filter(({ code }) => CLAIM.test(code))
  })
}

/** A comment may hold several; each ends at the next tag. */
function examplesOf(comment: string, path: string, before: number): readonly Example[] {
  if (!comment.startsWith("/**")) return []
  const lines = comment
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\/?\*+ ?/, ""))
  return lines.flatMap((text, index) => {
    if (!text.trim().startsWith("@example")) return []
    const rest = lines.slice(index + 1)
    const end = rest.findIndex((line) => /^\s*@\w/.test(line))
    const code = (end < 0 ? rest : rest.slice(0, end)).filter((line) => !line.trim().startsWith("```")).join("\n")
    return CLAIM.test(code) ? [{ path, line: before + index + 1, code }] : []
  })
}
