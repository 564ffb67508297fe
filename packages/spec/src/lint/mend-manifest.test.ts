import assert from "node:assert/strict"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { mendManifest } from "./mend-manifest.ts"

const FOLDER = join(import.meta.dirname, "../../../../conformance/manifest")
const TEXTS = globSync("*/manifest.json", { cwd: FOLDER }).map((path) => readFileSync(join(FOLDER, path), "utf8"))

/** A manifest in which some pieces were replaced, as a slip of the hand or a careless program would. */
const damaged = fc
  .tuple(
    fc.constantFrom(...TEXTS),
    fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat({ max: 6 }),
        fc.constantFrom(
          "",
          ",",
          ",,",
          '"',
          "'",
          "\u201c",
          "}",
          "]",
          ":",
          "\ufeff",
          "\u00a0",
          "None",
          "\t",
          "max",
          '"104"',
          "\\'",
        ),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((current, [where, length, piece]) => {
      const at = Math.floor(where * current.length)
      return current.slice(0, at) + piece + current.slice(at + length)
    }, text),
  )

test("whatever a manifest is like, mending comes to an end, and leaves nothing that it would mend", () => {
  fc.assert(
    fc.property(damaged, (text) => {
      const before = mendManifest(text, "m")
      const again = mendManifest(before.text, "m")
      assert.deepEqual([again.made, again.text], [0, before.text])
      assert.ok(before.lint.findings.every(({ place }) => (place.line ?? 1) >= 1))
      if (before.made === 0) assert.equal(before.text, text)
    }),
    { numRuns: 300 },
  )
})
