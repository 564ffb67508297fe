import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError, type JsonValue } from "@geartrain/spec"
import { pegasusFault } from "../pegasus-fault.ts"
import { type LineIndex, parseYaml } from "./parse-yaml.ts"

const OF = { file: "w.yml" }

function refuse(text: string, line: number | undefined, problem: RegExp): void {
  assert.throws(
    () => parseYaml(text, OF),
    (error) => {
      assert.ok(isGeartrainError(error, "PEGASUS_DOCUMENT_INVALID"), String(error))
      assert.match(error.message, problem)
      assert.equal(error.details["line"], line, error.message)
      return true
    },
    text,
  )
}

test("scalars are what JSON has, and what would be written differently stays text", () => {
  const cases: readonly (readonly [string, JsonValue])[] = [
    ["1", 1],
    ["-3.5", -3.5],
    ["0", 0],
    ["4.0", "4.0"],
    ["007", "007"],
    ["1e3", "1e3"],
    ["0x1f", "0x1f"],
    ["1_000", "1_000"],
    ["12345678901234567890", "12345678901234567890"],
    ["-0", "-0"],
    [".5", ".5"],
    [".inf", ".inf"],
    ["true", true],
    ["FALSE", false],
    ["tRue", "tRue"],
    ["yes", "yes"],
    ["~", null],
    ["Null", null],
    ["nULL", "nULL"],
    ["2026-01-02", "2026-01-02"],
    ["'1'", "1"],
    ['"true"', "true"],
    ["<<", "<<"],
  ]
  for (const [text, value] of cases) assert.deepEqual(parseYaml(`a: ${text}`, OF), { a: value }, text)
  assert.deepEqual(parseYaml("a:", OF), { a: null })
  for (const empty of ["", "# nothing\n", "---\n"]) assert.equal(parseYaml(empty, OF), null)
})

test("a name of JavaScript's own is a name like others", () => {
  const value = parseYaml("__proto__: {a: 1}\nconstructor: 2\n", OF)
  assert.deepEqual(Object.keys(value as object), ["__proto__", "constructor"])
  assert.equal(({} as Record<string, unknown>)["a"], undefined)
})

test("what YAML can and JSON cannot is refused at its line", () => {
  refuse("a: 1\nb: &x [1]\n", 2, /^Cannot read "w.yml:2": it has an anchor \("x"\)/)
  refuse(`a: &${"x".repeat(500)} 1\n`, 1, /it has an anchor \("x{100}"\)/)
  refuse("a: 1\nb: *x\n", 2, /unidentified alias "x"/)
  refuse("a: !!binary aGk=\n", 1, /unknown tag/)
  refuse("a: !own {b: 1}\n", 1, /unknown tag/)
  refuse("a: 1\n---\nb: 2\n", undefined, /there is more than one document in it/)
  refuse("a: [1\n", 2, /Cannot read "w.yml:2"/)
  refuse("a: 1\na: 2\n", 2, /duplicated mapping key/)
})

test("levels are bounded, so that no text makes the program run out of stack", () => {
  const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`
  assert.ok(Array.isArray(parseYaml(nested(60), OF)))
  refuse(nested(70), 1, /it is more than 64 levels deep/)
  refuse(nested(100_000), 1, /it is more than 64 levels deep/)
})

test("lines of members and items are told from 1, where somebody asks", () => {
  const lines: LineIndex = new Map()
  const value = parseYaml("# head\na:\n  - x\n\n  - y: 1\n    z:\n      2\nb: {c: 1,\n  d: [1, 2]}\n", OF, lines)
  const root = value as unknown as { readonly a: readonly object[]; readonly b: { readonly d: object } }
  const of = (object: object) => Object.fromEntries(lines.get(object) ?? [])
  assert.deepEqual(of(root), { a: 2, b: 8 })
  assert.deepEqual(of(root.a), { 0: 3, 1: 5 })
  assert.deepEqual(of(root.a[1] ?? {}), { y: 5, z: 6 })
  assert.deepEqual(of(root.b), { c: 8, d: 9 })
  assert.throws(() => parseYaml("a: &x 1", OF, new Map()), /anchor/)
})

test("a fault says the file, the line and what the value is called, as far as they are known", () => {
  assert.equal(pegasusFault(OF, "it is empty").message, 'Cannot read "w.yml": it is empty')
  const whole = pegasusFault({ ...OF, line: 3, what: "jobs[0].id" }, "found 1, wanted a text", "Write a text")
  assert.equal(whole.message, 'Cannot read "w.yml:3": jobs[0].id: found 1, wanted a text')
  assert.deepEqual([whole.details, whole.hint], [{ file: "w.yml", line: 3 }, "Write a text"])
})
