import assert from "node:assert/strict"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { checkDocument } from "./check-document.ts"
import { parseYaml, readYamlFile, type YamlDocument } from "./read-yaml.ts"

const OF = { file: "gear.yaml", code: "RECIPE_INVALID" } as const

function parse(text: string): YamlDocument {
  return parseYaml(Buffer.from(text), OF)
}

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    assert.ok(isGeartrainError(error, "RECIPE_INVALID"), String(error))
    return error.message
  }
  throw new assert.AssertionError({ message: "nothing was thrown" })
}

test("a document is read as YAML 1.2: dates and yes are texts", () => {
  assert.deepEqual(parse("date: 2023-11-14\nanswer: yes\nlist: [1, 2.5, null]\n").value, {
    date: "2023-11-14",
    answer: "yes",
    list: [1, 2.5, null],
  })
})

test("JSON is a document, too", () => {
  assert.deepEqual(parse('{"a": [true]}').value, { a: [true] })
})

test("a workflow in JSON may be larger than one in YAML, and is read as strictly", async () => {
  const of = { file: "w.json", code: "WORKFLOW_INVALID" } as const
  const large = `{\n "a": ["${"x".repeat(5 * 1024 * 1024)}"],\n "b": {"c": 1}\n}`
  const document = parseYaml(Buffer.from(large), of)
  assert.deepEqual(document.place(["b", "c"]), { line: 3, column: 13 })
  assert.deepEqual(document.place(["b", "missing", 1]), { line: 3, column: 7 })
  const says = (text: string, message: RegExp): void =>
    assert.throws(() => parseYaml(Buffer.from(text), of), { code: "WORKFLOW_INVALID", message })
  says(large.replace('"b"', '"a"'), /w\.json:3:\d+ /)
  says(large.replace('"b"', "b"), /w\.json:3:\d+ /)
  says(`a: ${large.slice(10)}`, /it has more than 4194304 bytes/)
  says(
    `{"a": ${"[".repeat(40)}${"]".repeat(40)}, "b": "${"x".repeat(5 * 1024 * 1024)}"}`,
    /more than 32 objects and arrays lie in each other/,
  )
  // A brace begins YAML, too.
  assert.deepEqual(parseYaml(Buffer.from(" \n{a: yes}"), of).value, { a: "yes" })
  assert.equal(
    messageOf(() => parseYaml(Buffer.from(`{"a": "${"x".repeat(300 * 1024)}"}`), OF)),
    'Cannot read "gear.yaml": it has more than 262144 bytes',
  )
  const folder = await mkdtemp(join(tmpdir(), "geartrain-yaml-"))
  try {
    await writeFile(join(folder, "w.yaml"), large)
    assert.deepEqual(Object.keys((await readYamlFile(join(folder, "w.yaml"), "WORKFLOW_INVALID")).value as object), [
      "a",
      "b",
    ])
    await writeFile(join(folder, "w.yaml"), `a: ${large}`)
    await assert.rejects(
      readYamlFile(join(folder, "w.yaml"), "WORKFLOW_INVALID"),
      /4194304 are the most; as JSON, 33554432/,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("every value has its line and column, and what is missing has that of what it is missing in", () => {
  const document = parse("a:\n  b: [1, two]\n  c: 3\n")
  assert.deepEqual(document.place(["a", "b", 1]), { line: 2, column: 10 })
  assert.deepEqual(document.place(["a", "c"]), { line: 3, column: 6 })
  assert.deepEqual(document.place(["a", "missing"]), { line: 2, column: 3 })
  assert.deepEqual(document.place([]), { line: 1, column: 1 })
})

test("a key that stands there twice is a fault with its place", () => {
  assert.equal(
    messageOf(() => parse("a: 1\na: 2\n")),
    'Cannot read "gear.yaml": gear.yaml:2:1 Map keys must be unique',
  )
})

test("what is not YAML is told with its place", () => {
  assert.match(
    messageOf(() => parse("a: [1\nb: 2\n")),
    /gear\.yaml:2:1 /,
  )
  assert.match(
    messageOf(() => parse("a: 1\n---\nb: 2\n")),
    /gear\.yaml:2:1 .*multiple documents/,
  )
})

test("aliases, which can stand for gigabytes, and tags are refused", () => {
  assert.match(
    messageOf(() => parse("a: &x [1]\nb: *x\n")),
    /alias/,
  )
  assert.match(
    messageOf(() => parse("a: !!binary aGk=\n")),
    /tag/,
  )
})

test("a document without bounds is refused", () => {
  assert.match(
    messageOf(() => parse("[".repeat(20) + "]".repeat(20))),
    /16 levels/,
  )
  assert.match(
    messageOf(() => parse("[".repeat(100_000))),
    /levels|fault/,
  )
  assert.match(
    messageOf(() => parse(`a: ${"x".repeat(300_000)}`)),
    /262144 bytes/,
  )
  assert.match(
    messageOf(() => parse("a: .inf")),
    /number that is none in JSON/,
  )
  assert.match(
    messageOf(() => parseYaml(Buffer.from([0xff]), OF)),
    /UTF-8/,
  )
})

test("a schema's violations are told all at once, each at its line, with what was meant", () => {
  const schema = {
    type: "object",
    properties: { suite: { enum: ["bookworm", "trixie"] }, packages: { type: "array", items: { type: "string" } } },
    required: ["suite", "recipe"],
    additionalProperties: false,
  }
  assert.equal(
    messageOf(() => checkDocument(parse("suite: bookwrm\npakages: []\npackages:\n  - 5\n"), schema)),
    `Cannot read "gear.yaml": it has 4 faults
gear.yaml:1:8 /suite: found "bookwrm", wanted one of "bookworm", "trixie"; write bookworm
gear.yaml:4:5 /packages/0: found the number 5, wanted a string; write a value of the type that is wanted
gear.yaml:1:1 /: "recipe" is missing; add "recipe"
gear.yaml:2:10 /pakages: "pakages" is not known here; rename it to "packages"`,
  )
})

test("a file is read with the same bounds, and one that is not there is the system's own error", async () => {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-yaml-"))
  try {
    await writeFile(join(folder, "large.yaml"), `a: ${"x".repeat(300_000)}`)
    await writeFile(join(folder, "small.yaml"), "a: 1")
    assert.deepEqual((await readYamlFile(join(folder, "small.yaml"), "RECIPE_INVALID")).value, { a: 1 })
    await assert.rejects(readYamlFile(join(folder, "large.yaml"), "RECIPE_INVALID"), /300003 bytes/)
    await assert.rejects(readYamlFile(folder, "RECIPE_INVALID"), /no regular file/)
    await assert.rejects(readYamlFile(join(folder, "none.yaml"), "RECIPE_INVALID"), { code: "ENOENT" })
  } finally {
    await rm(folder, { recursive: true })
  }
})
