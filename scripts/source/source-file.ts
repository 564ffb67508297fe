import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"
import { TOP } from "../top.ts"

/** A file of TypeScript, parsed. Paths are relative to the checkout. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
}

/** Parses the files that match, in order of their paths. */
export function parseFiles(...patterns: readonly string[]): readonly SourceFile[] {
  return findFiles(...patterns).map((path) => {
    const text = readFileSync(join(TOP, path), "utf8")
    return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
  })
}

/** Paths of the files that match, relative to the checkout and in order. */
export function findFiles(...patterns: readonly string[]): readonly string[] {
  const exclude = (name: string): boolean =>
    /^(node_modules|dist|\.git|\.demo|coverage)$/.test(name.split("/").pop() ?? "")
  return globSync(patterns, { cwd: TOP, exclude }).sort()
}

export function isTest(path: string): boolean {
  return path.endsWith(".test.ts")
}

/** Calls for the node and every node below it, in the order of the text. */
export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node)
  ts.forEachChild(node, (child) => visit(child, see))
}

/** `path:line` of a node, as editors and terminals understand it. */
export function placeOf(file: SourceFile, node: ts.Node): string {
  return `${file.path}:${file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1}`
}
