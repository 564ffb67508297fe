import assert from "node:assert/strict"
import { test } from "node:test"
import type { LintFinding } from "@geartrain/spec"
import { LINT_RULES } from "./all-rules.ts"
import { sarifLog } from "./sarif-log.ts"

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    // biome-ignore lint/suspicious/noExplicitAny: the shape of a result is what these tests look at
    readonly results: readonly any[]
  }[]
}

function finding(changes: Partial<LintFinding> = {}): LintFinding {
  return {
    rule: "manifest/default",
    severity: "error",
    place: { file: "manifest.json", line: 2, column: 3, length: 5, pointer: "/config/x/default" },
    message: "the default is of another type",
    fix: "Write 104",
    ...changes,
  }
}

function log(findings: readonly LintFinding[], text?: string): Sarif["runs"][number] {
  const texts = new Map(text === undefined ? [] : [["manifest.json", text]])
  const [run] = (sarifLog({ version: "1.0.0", findings, rules: LINT_RULES, texts }) as unknown as Sarif).runs
  assert.ok(run !== undefined)
  return run
}

test("every result names its rule by id and by its place among those that are told, and no other rule is told", () => {
  const { tool, results } = log([finding(), finding({ rule: "manifest/category" }), finding()])
  const rules = tool.driver.rules.map(({ id }) => id)
  assert.deepEqual(rules.toSorted(), ["manifest/category", "manifest/default"])
  for (const result of results) assert.equal(rules[result.ruleIndex], result.ruleId)
})

test("a result says what is the case and what to do, as two sentences", () => {
  const [result] = log([finding()]).results
  assert.equal(result.message.text, "The default is of another type. Write 104.")
  assert.equal(result.level, "error")
})

test("a place is as exact as it is known", () => {
  const regionOf = (place: LintFinding["place"]) =>
    log([finding({ place })]).results[0].locations[0].physicalLocation.region
  assert.deepEqual(regionOf({ file: "a", line: 2, column: 3, length: 5 }), {
    startLine: 2,
    startColumn: 3,
    endColumn: 8,
  })
  assert.deepEqual(regionOf({ file: "a", line: 2, column: 3 }), { startLine: 2, startColumn: 3 })
  assert.deepEqual(regionOf({ file: "a", line: 2 }), { startLine: 2 })
  assert.equal(regionOf({ file: "a" }), undefined)
})

test("files are named as URIs, so that no name means something else in one", () => {
  const uriOf = (file: string) =>
    log([finding({ place: { file } })]).results[0].locations[0].physicalLocation.artifactLocation.uri
  assert.equal(uriOf("./a b/c#1?.json"), "a%20b/c%231%3F.json")
  assert.equal(uriOf("http:evil"), "http%3Aevil")
  assert.equal(uriOf("/flywheel/v0/run"), "file:///flywheel/v0/run")
  assert.equal(uriOf("é"), "%C3%A9")
})

test("a change has the region of what it replaces, in characters, and is left out where the text is not at hand", () => {
  const text = '{\n  "😀": "104"\n}'
  const start = text.indexOf('"104"')
  const edited = finding({ edit: { start, end: start + 5, text: "104" } })
  const [replacement] = log([edited], text).results[0].fixes[0].artifactChanges[0].replacements
  assert.deepEqual(replacement, {
    deletedRegion: { startLine: 2, startColumn: 8, endLine: 2, endColumn: 13 },
    insertedContent: { text: "104" },
  })
  assert.equal(log([edited]).results[0].fixes, undefined)
})

test("a finding is known again when lines were put above it", () => {
  const print = (line: number) => {
    const place = { file: "manifest.json", line, column: 1, pointer: "/config/x" }
    return log([finding({ place })]).results[0].partialFingerprints
  }
  assert.deepEqual(print(2), print(20))
})
