/**
 * Holds what only one room may touch: files, processes, time, chance and the environment in system/ and settings/ alone, so that
 * tests can replace them and readers can find them; `process.exit` in main.ts alone; default exports nowhere.
 */
import ts from "typescript"
import { complain } from "./source/complain.ts"
import { importsOf } from "./source/import-graph.ts"
import { isTest, parseFiles, placeOf, type SourceFile, visit } from "./source/source-file.ts"

const HOME_OF_ALL_THAT = /^packages\/(geartrain\/src\/(system|settings)|sdk\/src\/gear\/system)\//
const MAIN = "packages/geartrain/src/cli/main.ts"

const MODULES = new Set(["child_process", "fs", "fs/promises", "worker_threads", "cluster"])

/** Expressions as they are written, and what to use in their place. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  "Date.now": "system/clock.ts",
  "Math.random": "system/random.ts",
  "process.env": "settings/, or pass the value in",
  "process.getBuiltinModule": "system/",
}

const files = parseFiles("{packages,plugins}/*/src/**/*.ts").filter(({ path }) => !isTest(path))
complain(files.flatMap(faultsOf), `${files.length} files`)

function faultsOf(file: SourceFile): readonly string[] {
  const faults: string[] = []
  const mayTouch = HOME_OF_ALL_THAT.test(file.path)
  visit(file.tree, (node) => {
    const fault = faultOf(node, file.path, mayTouch)
    if (fault !== undefined) faults.push(`${placeOf(file, node)}: ${fault}`)
  })
  const modules = mayTouch ? [] : importsOf(file).filter((name) => MODULES.has(name.replace(/^node:/, "")))
  return [...faults, ...modules.map((name) => `${file.path}: imports "${name}"; use a function of system/`)]
}

function faultOf(node: ts.Node, path: string, mayTouch: boolean): string | undefined {
  if (ts.isExportAssignment(node) || isDefaultModifier(node)) return "default export; give it a name"
  if (ts.isNewExpression(node) && node.getText() === "new Date()" && !mayTouch) return "new Date(); use system/clock.ts"
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined
  const text = dotted(node)
  if (text === "process.exit" && path !== MAIN) return "process.exit; only main.ts ends the program"
  const instead = EXPRESSIONS[text]
  return instead === undefined || mayTouch ? undefined : `${text}; use ${instead}`
}

/** `process["env"]` and `globalThis.process.env` as `process.env`. */
function dotted(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): string {
  const of = node.expression
  const name = ts.isPropertyAccessExpression(node) ? node.name.text : textOf(node.argumentExpression)
  const left = ts.isPropertyAccessExpression(of) || ts.isElementAccessExpression(of) ? dotted(of) : of.getText()
  return `${left}.${name}`.replace(/^globalThis\./, "")
}

function textOf(node: ts.Expression): string {
  return ts.isStringLiteralLike(node) ? node.text : node.getText()
}

function isDefaultModifier(node: ts.Node): boolean {
  return node.kind === ts.SyntaxKind.DefaultKeyword && ts.isModifier(node)
}
