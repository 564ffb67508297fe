import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { MemberTree } from "./member-tree.ts"

const at = (...labels: readonly string[]) => labels.map((label, index) => ({ id: `${index}-${label}`, label }))

test("places with the same label have folders of their own, and one place has one", () => {
  const tree = new MemberTree()
  assert.equal(tree.take([{ id: "1", label: "a" }], "x"), "a/x")
  assert.equal(tree.take([{ id: "2", label: "a" }], "x"), "a (2)/x")
})

test("a file and a place of the same name are told apart", () => {
  const tree = new MemberTree()
  assert.equal(tree.take(at("lab"), "a"), "lab/a")
  assert.equal(tree.take([...at("lab"), { id: "p", label: "a" }], "x"), "lab/a (2)/x")
})

test("no label and no name leads out of its folder", () => {
  const tree = new MemberTree()
  for (const evil of ["..", ".", "", "/etc", "a/../..", "\0"]) {
    const steps = tree.take([{ id: evil, label: evil }], evil).split("/")
    assert.equal(steps.length, 2)
    for (const step of steps) assert.ok(step !== "" && step !== "." && step !== ".." && !step.includes("\0"), evil)
  }
})

test("a path of seven steps with the longest names has less than what a path may have", () => {
  const tree = new MemberTree()
  const path = tree.take(at(..."abcdef".split("").map((letter) => letter.repeat(256))), "é".repeat(127))
  assert.ok(Buffer.byteLength(path) < 1024 + 255, String(Buffer.byteLength(path)))
})

test("however places and files are called, no two files have one path", () => {
  const word = fc.constantFrom("a", "a (2)", "A", "b:", "b_", "")
  const places = fc.uniqueArray(fc.record({ id: fc.nat({ max: 20 }).map(String), label: word }), {
    selector: ({ id }) => id,
    maxLength: 6,
  })
  fc.assert(
    fc.property(places, fc.uniqueArray(word, { maxLength: 4 }), (steps, names) => {
      const tree = new MemberTree()
      const paths = [[], ...steps.map((step) => [step])].flatMap((way) => names.map((name) => tree.take(way, name)))
      assert.equal(new Set(paths).size, paths.length)
    }),
  )
})
