import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { JsonFaultKind } from "./json-fault.ts"
import { type JsonLimits, parseJson } from "./parse-json.ts"

/** Every fault as `line:column kind`, or the value as JSON where there is none. */
function told(text: string, limits?: JsonLimits): string {
  const result = parseJson(text, limits)
  if (result.ok) return JSON.stringify(result.document.value)
  return result.faults.map((fault) => `${fault.line}:${fault.column} ${fault.kind}`).join(", ")
}

const FAULTY: readonly (readonly [text: string, told: string, meant?: string])[] = [
  ['{"a":1,}', "1:7 trailing-comma", '{"a":1}'],
  ["[1,\n 2,\n]", "2:3 trailing-comma", "[1,2]"],
  ["[1,,2]", "1:4 missing-value", "[1,2]"],
  ["{“a”: ‘b’}", "1:2 curly-quotes, 1:7 curly-quotes", '{"a":"b"}'],
  ["{'a': 'it\"s'}", "1:2 single-quotes, 1:7 single-quotes", '{"a":"it\\"s"}'],
  ["{a: 1}", "1:2 bad-key", '{"a":1}'],
  ['// why\n{"a":1 /* x */}', "1:1 comment, 2:8 comment", '{"a":1}'],
  ['{"a": 1 # one\n}', "1:9 comment", '{"a":1}'],
  ['{"a":NaN,"b":None,"c":True}', "1:6 bare-word, 1:14 bare-word, 1:23 bare-word", '{"a":"NaN","b":null,"c":true}'],
  ["[-Infinity, undefined]", "1:2 bare-word, 1:13 bare-word", '["-Infinity",null]'],
  [
    "[01, .5, +1, 1., 0x1F, 1_000]",
    Array.from([2, 6, 10, 14, 18, 24], (column) => `1:${column} bad-number`).join(", "),
  ],
  ["[1e]", "1:2 bad-number"],
  ['{"a":1 "b":2}', "1:7 missing-comma", '{"a":1,"b":2}'],
  ["[1 2]", "1:3 missing-comma", "[1,2]"],
  ['{"a" 1}', "1:6 bad-colon", '{"a":1}'],
  ['{"a"=1}', "1:5 bad-colon", '{"a":1}'],
  ['{"a":1;"b":2}', "1:7 bad-character", '{"a":1,"b":2}'],
  ['{"a":}', "1:6 missing-value", '{"a":null}'],
  ['"\\d"', "1:2 bad-escape", '"\\\\d"'],
  ['"\\u12"', "1:2 bad-escape"],
  ['"\\ud800"', "1:2 lone-surrogate"],
  ['"\\ude00\\ud83d"', "1:2 lone-surrogate, 1:8 lone-surrogate"],
  ['"😀\ud800"', "1:3 lone-surrogate"],
  ["\ufeff{}", "1:1 byte-order-mark", "{}"],
  ['{"a":\u00a01}', "1:6 bad-space", '{"a":1}'],
  ['"a\tb"', "1:3 control-character", '"a\\tb"'],
  ['"a\n b"', "1:3 control-character", '"a\\n b"'],
  ['{"a": "x\n}', "1:7 unclosed", '{"a":"x"}'],
  ['{"a": "x,\n "b": 2}', "1:7 unclosed", '{"a":"x","b":2}'],
  ['{"a":1,\r\n"a":2}', "2:1 duplicate-key", '{"a":2}'],
  ["12345678901234567890", "1:1 number-not-exact"],
  ["1e400", "1:1 number-too-large"],
  ['{"a":1}}', "1:8 extra-text"],
  ["{} x", "1:4 extra-text"],
  ['{"a":[1,2}', "1:10 bad-character"],
  ['{"a":1]', "1:7 bad-character"],
  ['{"a":{"b":1}', "1:13 unclosed"],
  ['"abc', "1:1 unclosed"],
  ["{", "1:2 unclosed"],
  ['{"a"', "1:5 unclosed"],
  ['{"a":', "1:6 unclosed"],
  ["[1,", "1:4 unclosed"],
  ["", "1:1 empty"],
  [" \n ", "1:1 empty"],
  ["<html>", "1:1 not-json"],
  ["<<<<<<< HEAD\n{}", "1:1 not-json"],
  ["hello", "1:1 not-json"],
  ["[@]", "1:2 bad-character"],
  ["{,}", "1:2 bad-character"],
]

for (const [text, expected, meant] of FAULTY) {
  test(`${JSON.stringify(text)} is refused: ${expected}`, () => {
    assert.equal(told(text), expected)
    const result = parseJson(text)
    assert.ok(!result.ok)
    if (meant !== undefined) assert.equal(JSON.stringify(result.meant?.value), meant)
    for (const fault of result.faults) {
      assert.match(fault.fix, /^[A-Z].*[^.]$/s)
      assert.match(fault.problem, /[^.]$/)
    }
  })
}

test("a fault says what is the case and what to do", () => {
  const result = parseJson('{\n  "name": "x",\n  "name": "y"\n}')
  assert.ok(!result.ok)
  assert.deepEqual(result.faults, [
    {
      kind: "duplicate-key",
      offset: 19,
      line: 3,
      column: 3,
      problem: '"name" stands here again; the first is in line 2',
      fix: "Keep one of the two",
    },
  ])
})

test("all faults of a text are told at once", () => {
  assert.equal(
    told("{'a': 01,\n b: [1,],\n \"c\": tru}"),
    "1:2 single-quotes, 1:7 bad-number, 2:2 bad-key, 2:7 trailing-comma, 3:7 bare-word",
  )
})

test("keys that mean something to JavaScript are data", () => {
  const result = parseJson('{"__proto__": {"polluted": true}, "constructor": 1, "hasOwnProperty": 2}')
  assert.ok(result.ok)
  const value = result.document.value as Record<string, unknown>
  assert.deepEqual(Object.keys(value), ["__proto__", "constructor", "hasOwnProperty"])
  assert.equal(Object.getPrototypeOf(value), null)
  assert.equal("polluted" in {}, false)
})

test("a number that is written back as it stands is accepted, though a double does not hold it", () => {
  assert.equal(told("23525459550707510"), "23525459550707510")
  assert.equal(told("9007199254740993"), "1:1 number-not-exact")
  assert.equal(told("10000000000000000000000"), "1e+22")
})

test("size, depth, values and faults are limited", () => {
  assert.equal(told("[1,2]", { maxBytes: 4 }), "1:1 too-large")
  assert.equal(told('"éé"', { maxBytes: 5 }), "1:1 too-large")
  assert.equal(told('"éé"', { maxBytes: 6 }), '"éé"')
  assert.equal(told("[[[]]]", { maxDepth: 2 }), "1:3 too-deep")
  assert.equal(told("[[]]", { maxDepth: 2 }), "[[]]")
  assert.equal(told("[1,2,3]", { maxValues: 3 }), "1:6 too-many-values")
  assert.equal(told("[".repeat(4_000_000)), "1:65 too-deep")
  const many = parseJson(`[${"01,".repeat(1000)}1]`)
  assert.ok(!many.ok)
  assert.equal(many.faults.length, 101)
  assert.equal(many.faults.at(-1)?.kind, "too-many-faults")
})

test("a document tells where its keys and values stand, and how its numbers are written", () => {
  const result = parseJson('{"a": [1.0, {"b/c": "x"}],\n "é": -2e3}')
  assert.ok(result.ok)
  const { document } = result
  assert.deepEqual(document.positionOf(["a", 1, "b/c"]), { offset: 20, line: 1, column: 21 })
  assert.deepEqual(document.positionOfKey(["a", 1, "b/c"]), { offset: 13, line: 1, column: 14 })
  assert.deepEqual(document.positionOfKey(["é"]), { offset: 28, line: 2, column: 2 })
  assert.deepEqual(document.positionOf([]), { offset: 0, line: 1, column: 1 })
  assert.equal(document.numberText(["a", 0]), "1.0")
  assert.equal(document.numberText(["é"]), "-2e3")
  assert.equal(document.numberText(["a", 1]), undefined)
  assert.equal(document.positionOf(["a", 5]), undefined)
  assert.equal(document.positionOf(["constructor"]), undefined)
  assert.equal(document.positionOfKey([]), undefined)
})

test("what JSON.stringify writes is read as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      const result = parseJson(text)
      // fast-check makes lone surrogates and -0, which JSON.stringify writes as escapes and as 0.
      if (!result.ok) assert.ok(result.faults.every((fault) => fault.kind === "lone-surrogate"))
      else assert.equal(JSON.stringify(result.document.value), JSON.stringify(JSON.parse(text)))
    }),
  )
})

// What JSON.parse accepts and this parser refuses on purpose.
const STRICTER: readonly JsonFaultKind[] = [
  "duplicate-key",
  "lone-surrogate",
  "number-too-large",
  "number-not-exact",
  "too-deep",
]

test("texts near to JSON are accepted exactly when JSON.parse accepts them, but for what is stricter on purpose", () => {
  const piece = fc.constantFrom(
    ..."{}[]:,\"'0123456789.-+eE \n\t\\/abtrufalsn#*\ufeff“”".split(""),
    ...['"a"', '"b":', "true", "null", "1.5", "\\u00e9", "\\ud83d", "//", "/*"],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join("")
      const result = parseJson(text)
      const reference = referenceParse(text)
      if (result.ok) assert.deepEqual(JSON.stringify(result.document.value), JSON.stringify(reference))
      else assert.ok(reference === undefined || result.faults.every((fault) => STRICTER.includes(fault.kind)), text)
    }),
    { numRuns: 3000 },
  )
})

function referenceParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON, which is what is asked.
    return undefined
  }
}

test("valid JSON with one character changed is read or refused, and never throws", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), fc.string({ maxLength: 2, unit: "grapheme" }), (value, at, put) => {
      const text = JSON.stringify(value)
      const offset = at % (text.length + 1)
      const result = parseJson(text.slice(0, offset) + put + text.slice(offset + 1))
      assert.equal(typeof result.ok, "boolean")
    }),
    { numRuns: 500 },
  )
})
