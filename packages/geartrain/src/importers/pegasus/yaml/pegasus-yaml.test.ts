import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { parse } from "yaml"
import { lineOf, parsePegasusText } from "./pegasus-document.ts"

const read = (text: string): unknown => parsePegasusText(text, "w.yml").value

const SAME = [
  "a: 'x\n  y'\nb: \"p\\\n  q\"\nc: >-\n  fold\n  me\n\n  two\nd: |\n  keep\n   more\ne: [1, 'a b', {x: y, z: [3]}]\n",
  "f:\n- a\n- b: c\n  d: e\n-\n  - q\n  - - r\n    - s\ng: plain text\n  goes on\nh: # c\n  k: v # d\n",
  "i: http://x:80/#a\n\"j k\": 1\n'l': ''\nm: \"a: b\"\nn: it's\n",
  '{"a":[1,2,{"b":"\\u00e9\\n"}],"c":null}',
  "- a\n- {b: c}\n- [d,\n   e]\n",
  "---\na:\n  - b: |\n      x\n      y\n    c: d\n  - e\nf: >\n  x\n  y\n...\n",
  "a: true\nb: ~\nc: null\nd: 12\ne: -3\nf: yes\ng: 2019-02-15\n",
]

for (const [index, text] of SAME.entries()) {
  test(`text ${index} has the value that YAML's own parser finds in it`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(read(text))), JSON.parse(JSON.stringify(parse(text))))
  })
}

test("a number that would be written differently stays text: versions are no numbers", () => {
  assert.deepEqual(read("a: 4.0\nb: 007\nc: 1e3\nd: 1.5\n"), { a: "4.0", b: "007", c: "1e3", d: 1.5 })
})

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["a: &x 1", /:1": it has an anchor/],
  ["b: 1\na: *x", /:2": unidentified alias/],
  ["a: !!python/object 1", /:1": unknown tag/],
  ["a: 1\na: 2", /:2": duplicated mapping key/],
  ["a: [1", /end of the stream within a flow collection/],
  ["a: 'x", /end of the stream within a single quoted scalar/],
  ["a:\n\tb: 1", /:2": tab characters/],
  [`a: ${"[".repeat(100_000)}`, /more than 64 levels deep/],
  [Array.from({ length: 200 }, (_, level) => `${" ".repeat(level)}a:`).join("\n"), /more than 64 levels deep/],
  ["a: 1\n---\nb: 1", /more than one document/],
  ["? [a]\n: b\n? {c: d}\n: e\n? [a]\n: f", /duplicated mapping key/],
  ["a: b: c", /:1": bad indentation/],
  ["a:\n  b: 1\n c: 2", /:3": bad indentation/],
  ['a: "\\q"', /unknown escape/],
]

for (const [text, says] of REFUSED) {
  test(`${JSON.stringify(text.slice(0, 30))} is refused with its line`, () => {
    assert.throws(
      () => read(text),
      (error) => isGeartrainError(error, "PEGASUS_DOCUMENT_INVALID") && says.test(error.message),
    )
  })
}

test("the line of a value is found when it is asked for", () => {
  const document = parsePegasusText("a:\n- b: 1\n- c:\n    d: 2\n", "w.yml")
  assert.equal(lineOf(document, ["a", 1, "c", "d"]), 4)
  assert.equal(lineOf(document, ["a", 1, "missing"]), 3)
})

test("no line is read more than a few times: ten times the text takes about ten times as long", () => {
  const text = (count: number): string => `jobs:\n${"- name: work\n  arguments:\n  - -i\n  - plain\n".repeat(count)}`
  const large = text(60_000)
  assert.equal((read(large) as { jobs: unknown[] }).jobs.length, 60_000)
})
