import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { MOST_PATH_BYTES, type PathRules, splitEntryPath } from "./entry-path.ts"

const FLAT: PathRules = { place: { reference: "a.tar" }, maxDepth: 5, leadingSlash: "refused" }
const LAYER: PathRules = { ...FLAT, leadingSlash: "root" }

const split = (path: string, rules = FLAT) => splitEntryPath(path, path, rules)

test("a path is its names, without dots and doubled slashes", () => {
  assert.deepEqual(split("./usr//bin/./tool/"), ["usr", "bin", "tool"])
  assert.deepEqual(split("."), [])
  assert.deepEqual(split("...", FLAT), ["..."])
  assert.deepEqual(split("a/..b"), ["a", "..b"])
})

test("a leading slash is the image's root in a layer, and refused in a flat tar", () => {
  assert.deepEqual(split("/etc/passwd", LAYER), ["etc", "passwd"])
  assert.deepEqual(split("//", LAYER), [])
  assert.throws(() => split("/etc/passwd"), { code: "IMAGE_PATH_OUTSIDE", message: /begins with a slash$/ })
})

test("a path upwards is refused wherever it stands, though it might lead back in", () => {
  for (const path of ["..", "../x", "a/../../x", "a/..", "a/../b", "./.."]) {
    for (const rules of [FLAT, LAYER]) assert.throws(() => split(path, rules), { code: "IMAGE_PATH_OUTSIDE" }, path)
  }
  assert.throws(() => splitEntryPath("../target", "the/link", FLAT), {
    message:
      'Cannot read image "a.tar": entry "the/link" links to "../target", which leads upwards, out of the root filesystem',
  })
})

test("names, paths and depths are as long as Linux and the limits allow, and no longer", () => {
  assert.equal(split("n".repeat(255)).length, 1)
  assert.throws(() => split("n".repeat(256)), { code: "IMAGE_NAME_TOO_LONG", message: /a name of 256 bytes/ })
  assert.throws(() => split("é".repeat(128)), { code: "IMAGE_NAME_TOO_LONG" })
  assert.equal(split("a/b/c/d/e").length, 5)
  assert.throws(() => split("a/b/c/d/e/f"), { message: /more than 5 folders deep$/ })
  const deep = { ...FLAT, maxDepth: 10_000 }
  const longest = `${"n/".repeat(2047)}x`
  assert.equal(longest.length, MOST_PATH_BYTES)
  assert.equal(split(longest, deep).length, 2048)
  assert.throws(() => split(`${longest}x`, deep), { message: /a path of more than 4095 bytes$/ })
})

test("whatever comes out has only names that stay inside", () => {
  const part = fc.constantFrom("..", ".", "", "a", "b c", "..a", "a\\b", "\n")
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      let names: readonly string[]
      try {
        names = split(parts.join("/"), LAYER)
      } catch {
        return assert.ok(parts.includes(".."))
      }
      for (const name of names) assert.ok(name !== "" && name !== "." && name !== ".." && !name.includes("/"))
    }),
  )
})
