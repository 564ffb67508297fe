import assert from "node:assert/strict"
import { test } from "node:test"
import { toProgram } from "./to-program.ts"

const at = (code: string) => ({ path: "a.ts", line: 10, code })

test("a claim becomes a check with the line of its file", () => {
  const program = toProgram(at("const a = 1\na + 1 // => 2"))
  assert.match(program, /^const a = 1$/m)
  assert.match(
    program,
    /claim\(\{ line: 12, text: "a \+ 1", run: async \(\) => \(a \+ 1\), value: async \(\) => \(2\) \}\)/,
  )
})

test("a claim about an error names its code", () => {
  assert.match(toProgram(at('parse("") // throws BAD')), /throws: "BAD"/)
})

test("a comment that claims nothing is no check", () => {
  assert.doesNotMatch(toProgram(at("a() // as before")), /claim/)
})
