import ts from "typescript"
import type { Example } from "./find-examples.ts"

/**
 * Turns an example into the body of a function that checks what it claims:
 *
 *   expression // => value        the expression has that value
 *   expression // throws NAME     it throws an error of that code or class
 *
 * Everything else in it is kept as it is. The checks are calls of `claim` with the line of the example's file.
 */
export function toProgram(example: Example): string {
  const tree = ts.createSourceFile("example.ts", example.code, ts.ScriptTarget.Latest, true)
  return tree.statements.map((statement) => toStatement(statement, tree, example)).join("\n")
}

function toStatement(statement: ts.Statement, tree: ts.SourceFile, example: Example): string {
  const text = statement.getText(tree)
  const claim = claimAfter(statement, tree)
  if (ts.isImportDeclaration(statement)) return ""
  if (claim === undefined) return text
  const line = example.line + tree.getLineAndCharacterOfPosition(statement.getStart(tree)).line + 1
  const expression = text.replace(/;$/, "")
  const expected = claim.kind === "=>" ? `value: async () => (${claim.text})` : `throws: ${JSON.stringify(claim.text)}`
  return `await claim({ line: ${line}, text: ${JSON.stringify(expression)}, run: async () => (${expression}), ${expected} });`
}

function claimAfter(statement: ts.Statement, tree: ts.SourceFile): { kind: string; text: string } | undefined {
  if (!ts.isExpressionStatement(statement)) return undefined
  for (const { pos, end } of ts.getTrailingCommentRanges(tree.text, statement.getEnd()) ?? []) {
    const match = tree.text.slice(pos, end).match(/^\/\/ (=>|throws) (.*)$/)
    if (match) return { kind: match[1] ?? "", text: (match[2] ?? "").trim() }
  }
  return undefined
}
