/**
 * Holds the error catalogue, what the program throws, what the tests look for and docs/reference/errors.md together.
 * A code that does not exist cannot be thrown: the compiler sees to that.
 *
 *   node scripts/check-errors.ts [--write]     --write brings the document up to date
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { CATALOGUE, type ErrorCode, RETIRED_CODES } from "@geartrain/spec"
import ts from "typescript"
import { complain } from "./source/complain.ts"
import { generatedDocument } from "./source/generated-document.ts"
import { findFiles, isTest, parseFiles, type SourceFile, visit } from "./source/source-file.ts"
import { TOP } from "./top.ts"

const DOCUMENT = "docs/reference/errors.md"
const CODES = Object.keys(CATALOGUE) as readonly ErrorCode[]

const files = parseFiles("{packages,plugins}/*/{src,test}/**/*.ts").filter(
  ({ path }) => !path.includes("/errors/codes/"),
)
const source = files.filter(({ path }) => path.includes("/src/") && !isTest(path))
const thrown = literalsOf(source)
const tested = new Set([...literalsOf(files.filter((file) => !source.includes(file))), ...wordsOfConformance()])

complain(
  [
    ...fault(
      "in the catalogue, and nothing throws",
      CODES.filter((code) => !thrown.has(code)),
    ),
    ...fault(
      "looked for by no test and no conformance case",
      CODES.filter((code) => !tested.has(code)),
    ),
    ...fault(
      "retired, and used again",
      CODES.filter((code) => RETIRED_CODES.includes(code)),
    ),
    ...generatedDocument(DOCUMENT, document(), "check-errors.ts"),
  ],
  `${CODES.length} codes`,
)

function fault(what: string, codes: readonly string[]): readonly string[] {
  return codes.length === 0 ? [] : [`${what}: ${codes.join(", ")}`]
}

/** Every text that stands in the code as a literal. */
function literalsOf(of: readonly SourceFile[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { tree } of of) {
    visit(tree, (node) => {
      if (ts.isStringLiteralLike(node)) found.add(node.text)
    })
  }
  return found
}

function wordsOfConformance(): readonly string[] {
  return findFiles("conformance/**/*.json").flatMap(
    (path) => readFileSync(join(TOP, path), "utf8").match(/[A-Z_]{3,}/g) ?? [],
  )
}

function document(): string {
  const rows = CODES.toSorted().map((code) => {
    const { fault, retry, http, title } = CATALOGUE[code]
    return `| \`${code}\` | ${title} | ${fault} | ${retry} | ${http} |`
  })
  return `# Error codes

Made from the catalogue in \`packages/spec/src/errors\` by \`node scripts/check-errors.ts --write\`.

Every error that Geartrain reports has one of these codes. Match on the code: the wording of messages may change.
*Fault* is who has to act for the same thing to succeed; *retry* is whether doing it again can succeed: never, later, or later elsewhere;
*HTTP* is the status that the API answers with.

| code | what is the case | fault | retry | HTTP |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`
}
