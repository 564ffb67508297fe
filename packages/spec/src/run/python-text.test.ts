import assert from "node:assert/strict"
import { test } from "node:test"
import { pythonNumber, pythonText } from "./python-text.ts"

// Each line was printed by Python 3.11: str(value).
const TOLD_BY_PYTHON: readonly (readonly [value: Parameters<typeof pythonText>[0], text: string])[] = [
  ["plain 'text'", "plain 'text'"],
  [["a", "it's", 'say "hi"', `both ' and "`], `['a', "it's", 'say "hi"', 'both \\' and "']`],
  [
    ["tab\t", "line\n", "back\\slash", "nul\u0000", "del\u007f"],
    "['tab\\t', 'line\\n', 'back\\\\slash', 'nul\\x00', 'del\\x7f']",
  ],
  [["é", "😀", "\u00a0", "\u200b", "\u2028", "\u{e0001}"], "['é', '😀', '\\xa0', '\\u200b', '\\u2028', '\\U000e0001']"],
  [[1, -2, 1.5, true, false, null], "[1, -2, 1.5, True, False, None]"],
  [[[], {}, { a: [1] }], "[[], {}, {'a': [1]}]"],
  [true, "True"],
  [null, "None"],
]

for (const [value, text] of TOLD_BY_PYTHON) {
  test(`${JSON.stringify(value)} is ${text} in Python`, () => assert.equal(pythonText(value), text))
}

test("numbers take Python's exponents", () => {
  assert.equal(pythonNumber(0.0001), "0.0001")
  assert.equal(pythonNumber(0.00001), "1e-05")
  assert.equal(pythonNumber(-1.25e-7), "-1.25e-07")
  assert.equal(pythonNumber(1e-100), "1e-100")
  assert.equal(pythonNumber(123456.789), "123456.789")
  assert.equal(pythonNumber(2 ** 60), "1152921504606847000")
  assert.equal(pythonNumber(1e21), "1e+21")
  assert.equal(pythonNumber(0), "0")
})
