import { existsSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import ts from "typescript"
import { TOP } from "../top.ts"
import { findFiles, type SourceFile, visit } from "./source-file.ts"

/** For each file, the files of this repository that it imports, in any way: types, re-exports and `import()` too. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>

export function importGraph(files: readonly SourceFile[]): ImportGraph {
  const doors = packageDoors()
  return new Map(
    files.map((file) => {
      const targets = importsOf(file)
        .map((specifier) => resolveImport(file.path, specifier, doors))
        .filter((target) => target !== undefined)
      return [file.path, new Set(targets)]
    }),
  )
}

/** The specifiers of a file's imports, re-exports and `import()`s, in the order of the text. */
export function importsOf(file: SourceFile): readonly string[] {
  const found: string[] = []
  visit(file.tree, (node) => {
    const specifier = specifierOf(node)
    if (specifier !== undefined && ts.isStringLiteral(specifier)) found.push(specifier.text)
  })
  return found
}

/** Every file that can be reached from some files, those included. */
export function reachedFrom(graph: ImportGraph, starts: Iterable<string>): ReadonlySet<string> {
  const reached = new Set<string>()
  const waiting = [...starts]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    waiting.push(...(graph.get(path) ?? []))
  }
  return reached
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return node.arguments[0]
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal
  return undefined
}

function resolveImport(from: string, specifier: string, doors: ReadonlyMap<string, string>): string | undefined {
  if (!specifier.startsWith(".")) return doors.get(specifier)
  const target = normalize(join(dirname(from), specifier))
  return existsSync(join(TOP, target)) ? target : undefined
}

/** The files behind `@geartrain/spec`, `@geartrain/ports/laws` and so on. */
function packageDoors(): ReadonlyMap<string, string> {
  const doors = new Map<string, string>()
  for (const path of findFiles("{packages,plugins}/*/package.json")) {
    const manifest = JSON.parse(readFileSync(join(TOP, path), "utf8")) as {
      readonly name: string
      readonly exports?: Readonly<Record<string, string | { readonly "geartrain-source": string }>>
    }
    for (const [door, file] of Object.entries(manifest.exports ?? {})) {
      const source = typeof file === "string" ? file : file["geartrain-source"]
      doors.set(join(manifest.name, door), normalize(join(dirname(path), source)))
    }
  }
  return doors
}
