import assert from "node:assert/strict"
import { test } from "node:test"
import { apiSymbols, firstSentence } from "./api-symbols.ts"

test("a first sentence ends at its full stop, not at an abbreviation or in a number", () => {
  assert.equal(firstSentence("Version 1.2 of it. The rest."), "Version 1.2 of it.")
  assert.equal(firstSentence("No full stop\n\nAnother paragraph."), "No full stop")
  assert.equal(firstSentence("Ends `here`. `next` does not."), "Ends `here`.")
  assert.equal(firstSentence(""), "")
})

test("functions, constants, types and classes are shown without bodies and without what is private", () => {
  const [symbols = []] = [...apiSymbols(["packages/spec/src/index.ts"]).values()]
  const of = (name: string) => symbols.find((symbol) => symbol.name === name)
  assert.equal(of("isEnded")?.signature, "function isEnded(state: JobState): boolean")
  assert.equal(of("hexOf")?.path, "packages/spec/src/identity/digest.ts")
  assert.equal(of("GEAR_FOLDER")?.signature, 'const GEAR_FOLDER: "/flywheel/v0"')
  assert.match(of("GeartrainError")?.signature ?? "", /^class GeartrainError<.* extends Error \{\n/)
  assert.match(of("JsonDocument")?.signature ?? "", /positionOf\(path: JsonPath\): TextPosition \| undefined/)
  for (const { name, signature } of symbols) {
    assert.doesNotMatch(signature, /#\w|\/\*\*|=> \{$|return /, name)
    assert.ok(signature.includes(name), name)
  }
  assert.deepEqual(
    symbols.map(({ name }) => name),
    symbols.map(({ name }) => name).toSorted(),
  )
})

test("a door that is not there is refused", () => {
  assert.throws(() => apiSymbols(["packages/spec/src/none.ts"]), RangeError)
})
