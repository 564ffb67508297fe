import assert from "node:assert/strict"
import { test } from "node:test"
import { parseJson } from "../json/parse-json.ts"
import type { ManifestFault } from "../manifest/manifest-fault.ts"
import { applyEdits } from "../text/text-edit.ts"
import { ACCEPTED_RULES } from "./accepted-rules.ts"
import { faultToFinding } from "./fault-to-finding.ts"
import { countFindings } from "./finding.ts"
import { lintManifestFile } from "./lint-manifest-file.ts"
import { MANIFEST_LINT_RULES } from "./manifest-rules.ts"
import { mendToEdit } from "./mend-to-edit.ts"
import { JSON_RULES, SCHEMA_RULES } from "./text-rules.ts"

const WARNING = { id: "manifest/name", severity: "warning" } as const

function documentOf(text: string) {
  const read = parseJson(text)
  assert.ok(read.ok)
  return read.document
}

function fault(more: Partial<ManifestFault>): ManifestFault {
  return {
    ...{ where: "/a", path: ["a"], line: 1, column: 1, problem: "p", fix: "F", keyword: "name", severity: "error" },
    ...more,
  }
}

/** The length of what is marked, for a fault at the key or the value of "a". */
function lengthAt(text: string, which: "key" | "value"): number | undefined {
  const document = documentOf(text)
  const position = which === "key" ? document.positionOfKey(["a"]) : document.positionOf(["a"])
  const finding = faultToFinding(fault({ ...position }), WARNING, { file: "m", text, document })
  return finding.place.length
}

test("what is marked is the key or the value, in characters, as far as its line goes", () => {
  assert.equal(lengthAt('{"a": "é😀"}', "key"), 3)
  assert.equal(lengthAt('{"a": "é😀"}', "value"), 4)
  assert.equal(lengthAt('{"a": [1,\n 2]}', "value"), 3)
  assert.equal(lengthAt('{"a": [1, \r\n 2]}', "value"), 3)
})

test("nothing is marked where the text could not be read, or the fault is of the whole", () => {
  const text = '{"a": 1}'
  const unread = faultToFinding(fault({}), WARNING, { file: "m", text })
  assert.deepEqual(unread.place, { file: "m", line: 1, column: 1, pointer: "/a" })
  const whole = faultToFinding(fault({ path: [], where: "/" }), WARNING, {
    ...{ file: "m", text, document: documentOf(text) },
  })
  assert.equal("length" in whole.place, false)
})

test("a fault of JSON marks the one character that it begins with", () => {
  const rule = { id: "json/trailing-comma", severity: "error" } as const
  assert.equal(faultToFinding(fault({}), rule, { file: "m", text: "{" }).place.length, 1)
})

test("a rule of notes makes a note of each fault, and any other leaves the fault's own severity", () => {
  const linted = { file: "m", text: "{}" }
  const severity = (rule: "error" | "warning" | "note", own: "error" | "warning") =>
    faultToFinding(fault({ severity: own }), { id: "manifest/x", severity: rule }, linted).severity
  assert.deepEqual(
    [severity("note", "error"), severity("warning", "error"), severity("error", "warning")],
    [...["note", "error", "warning"]],
  )
})

/** The text after the change, or undefined where it cannot be made. */
function mended(text: string, path: readonly (string | number)[], mend: NonNullable<ManifestFault["mend"]>) {
  const edit = mendToEdit(mend, { text, path, document: documentOf(text) })
  return edit === undefined ? undefined : applyEdits(text, [edit]).text
}

test("a change of a manifest leaves the rest of its text as it was", () => {
  const text = '{ "a" : 1,\n\t"b":{"c": [1 , 2]} }'
  assert.equal(mended(text, ["a"], { kind: "rename", to: 'x"y' }), text.replace('"a"', '"x\\"y"'))
  assert.equal(mended(text, ["b", "c"], { kind: "replace", value: [] }), text.replace("[1 , 2]", "[]"))
  assert.equal(mended(text, ["b", "c", 1], { kind: "replace", value: "2" }), text.replace("2]", '"2"]'))
  const edit = { start: 0, end: 1, text: "(" }
  assert.deepEqual(mendToEdit({ kind: "edit", edit }, { text, path: ["nowhere"] }), edit)
})

test("a member is removed with one comma: the one after it, or, of the last, the one before", () => {
  const remove = (text: string, name = "a") => mended(text, [name], { kind: "remove" })
  assert.equal(remove('{"a": 1 , "b": 2}'), '{"b": 2}')
  assert.equal(remove('{"b": 2 ,\n "a": 1 }'), '{"b": 2  }')
  assert.equal(remove('{"a": {"x": [1]}}'), "{}")
  assert.equal(remove('{"b": 2, "a": 1, "c": 3}'), '{"b": 2, "c": 3}')
})

test("what is not there, an item of a list, or a text that was not read cannot be changed", () => {
  assert.equal(mended("{}", ["a"], { kind: "remove" }), undefined)
  assert.equal(mended("{}", ["a"], { kind: "replace", value: 1 }), undefined)
  assert.equal(mended("[1]", [0], { kind: "remove" }), undefined)
  assert.equal(mendToEdit({ kind: "rename", to: "b" }, { text: '{"a":1}', path: ["a"] }), undefined)
})

test("findings are counted by severity", () => {
  const findings = (["note", "error", "note"] as const).map((severity) => ({ severity }))
  assert.deepEqual(countFindings(findings), { error: 1, warning: 0, note: 2 })
})

const START = '{"name":"a","label":"A","description":"A","version":"1","author":"A",'
const END = '"url":"","source":"","config":{},"inputs":{}}'
const whole = (license: string, end = END) => `${START}${license}${end}`

/** For each kind of fault of the text that `gear lint --fix` mends, a text with it. */
const MENDED_TEXTS: Readonly<Record<string, string>> = {
  "json/bad-escape": whole(String.raw`"license":"MIT","flywheel":"it\'s",`),
  "json/bad-key": whole('license:"MIT",'),
  "json/bad-space": whole('\u00a0"license":"MIT",'),
  "json/bare-word": whole('"license":"MIT","flywheel":None,'),
  "json/byte-order-mark": `\ufeff${whole('"license":"MIT",')}`,
  "json/control-character": whole('"license":"MIT","custom":{"x":"a\tb"},'),
  "json/curly-quotes": whole("\u201clicense\u201d:\u201cMIT\u201d,"),
  "json/missing-comma": whole('"license":"MIT"'),
  "json/single-quotes": whole("'license':'MIT',"),
  "json/trailing-comma": whole('"license":"MIT",', END.replace(/}$/, ",}")),
  "schema/additionalProperties": whole('"license":"MIT","$schema":"x",'),
  "schema/anyOf": whole('"license":"MIT",', END.replace('"config":{}', '"config":{"x":{"type":"int"}}')),
  "schema/enum": whole('"license":"mit",'),
  "schema/not": whole(
    '"license":"MIT",',
    END.replace('"config":{}', '"config":{"x":{"type":"string","default":"","optional":false}}'),
  ),
  "schema/type": whole('"license":"MIT","environment":{"N":4},'),
}

test("each rule of the text that says it mends has a fault that it mends", () => {
  const rules = [...JSON_RULES, ...SCHEMA_RULES].filter(({ mends }) => mends === true).map(({ id }) => id)
  assert.deepEqual(Object.keys(MENDED_TEXTS).toSorted(), rules.toSorted())
  for (const [id, text] of Object.entries(MENDED_TEXTS)) {
    const findings = lintManifestFile(new TextEncoder().encode(text), "m").findings
    assert.ok(
      findings.some(({ rule, edit }) => rule === id && edit !== undefined),
      `${id}: ${JSON.stringify(findings)}`,
    )
  }
})

test("a finding with a change is of a rule that says it mends", () => {
  const mending = new Set(MANIFEST_LINT_RULES.filter(({ mends }) => mends === true).map(({ id }) => id))
  const valid = [
    '"config":{"x":{"type":"integer","default":"3"},"y":{"type":"integer","max":3}}',
    '"config":{"x":{"type":"string","optional":"yes"},"y":{"type":"string","descriptiion":""}}',
    '"config":{},"capabilities":["network"]',
  ].map((config) =>
    whole('"license":"MIT",', END.replace('"config":{}', config).replace('"url":""', '"url":"www.a.org"')),
  )
  const seen = new Set<string>()
  for (const text of [...Object.values(MENDED_TEXTS), ...valid]) {
    for (const { rule, edit } of lintManifestFile(new TextEncoder().encode(text), "m").findings)
      if (edit !== undefined) seen.add(rule)
  }
  assert.deepEqual(
    [...seen].filter((id) => !mending.has(id)),
    [],
  )
  const accepted = ACCEPTED_RULES.filter(({ mends }) => mends === true).map(({ id }) => id)
  assert.deepEqual(
    accepted.filter((id) => !seen.has(id)),
    [],
  )
})
