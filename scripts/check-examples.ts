/**
 * Runs what comments and documents claim: in an `@example`, and in a fenced block of a document, a line `expression // => value` is an
 * assertion, and so is `expression // throws CODE`. What its file exports is in scope, and so is what the packages export.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { type Claim, faultOfClaim } from "./examples/claim.ts"
import { type Example, examplesInComments, examplesInDocuments } from "./examples/find-examples.ts"
import { toProgram } from "./examples/to-program.ts"
import { complain } from "./source/complain.ts"
import { findFiles, isTest, parseFiles } from "./source/source-file.ts"
import { TOP } from "./top.ts"

type Program = (scope: object, claim: (claim: Claim) => Promise<void>) => Promise<void>

const faults: string[] = []
let claims = 0
let programs = 0

const folder = mkdtempSync(join(tmpdir(), "geartrain-examples-"))
try {
  await checkAll()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
complain(faults, `${claims} claims hold`)

async function checkAll(): Promise<void> {
  const doors = await importAll(findFiles("{packages,plugins}/*/src/index.ts"))
  const source = parseFiles("{packages,plugins}/*/src/**/*.ts", "scripts/**/*.ts").filter(({ path }) => !isTest(path))
  for (const file of source) {
    const examples = examplesInComments(file)
    if (examples.length === 0) continue
    const scope = { ...doors, ...(await importAll([file.path])) }
    for (const example of examples) await check(example, scope)
  }
  for (const example of examplesInDocuments()) await check(example, doors)
}

async function check(example: Example, scope: object): Promise<void> {
  programs += 1
  const path = join(folder, `example-${programs}.ts`)
  writeFileSync(
    path,
    `export const program = async ({ ${Object.keys(scope).join(", ")} }, claim) => {{\n${toProgram(example)}\n}}`,
  )
  try {
    const { program } = (await import(pathToFileURL(path).href)) as { readonly program: Program }
    await program(scope, async (claim) => {
      claims += 1
      const fault = await faultOfClaim(claim)
      if (fault !== undefined) faults.push(`${example.path}:${claim.line}: ${fault}`)
    })
  } catch (error) {
    faults.push(`${example.path}:${example.line}: the example does not run: ${error}`)
  }
}

async function importAll(paths: readonly string[]): Promise<object> {
  const modules = await Promise.all(paths.map((path) => import(pathToFileURL(join(TOP, path)).href) as Promise<object>))
  return Object.assign({}, ...modules) as object
}
