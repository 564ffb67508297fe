import assert from "node:assert/strict"
import { test } from "node:test"
import { matchTemplate, readTemplate } from "./path-template.ts"

test("a template that nobody could sort by is refused with the reason", () => {
  const reasons: readonly (readonly [template: string, reason: RegExp])[] = [
    ["", /the folder ""/],
    ["{subject}//{session}", /the folder ""/],
    ["../{subject}", /the folder "\.\."/],
    ["a/b", /no \{subject\}/],
    ["{session}", /no \{subject\}/],
    ["{subject}{session}", /stand together/],
    ["{subject}/{subject}", /twice/],
    ["{session}/{subject}", /in the order \{subject\}, \{session\}/],
    ["{subject", /a brace/],
    ["{subjekt}", /none of/],
  ]
  for (const [template, reason] of reasons) {
    const result = readTemplate(template)
    assert.ok(typeof result === "string", template)
    assert.match(result, reason, template)
  }
})

test("what stands beside placeholders is meant letter by letter, but for the star", () => {
  const template = readTemplate("a.b*/sub-{subject}")
  assert.ok(typeof template !== "string")
  assert.equal(matchTemplate(template, ["axb", "sub-1"]), "a.b*")
  const match = matchTemplate(template, ["a.bc", "sub-1.5", "x"])
  assert.ok(typeof match !== "string")
  assert.deepEqual([[...match.levels], match.rest], [[["subject", "1.5"]], ["x"]])
})
