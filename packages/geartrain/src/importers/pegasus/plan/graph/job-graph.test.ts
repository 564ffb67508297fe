import assert from "node:assert/strict"
import { test } from "node:test"
import { javaHash, javaHashOrder, tableSize } from "./hash-order.ts"
import { JobGraph, type Placed } from "./job-graph.ts"

function graphOf(...edges: readonly (readonly [string, string])[]): JobGraph<undefined> {
  const graph = new JobGraph<undefined>()
  for (const name of new Set(edges.flat())) graph.add(name, undefined)
  for (const [parent, child] of edges) graph.link(parent, child)
  return graph
}

const depths = (placed: readonly Placed<undefined>[]): Readonly<Record<string, number>> =>
  Object.fromEntries(placed.map(({ node, depth }) => [node.name, depth]))

test("hashes are those of Java, over the bound of 32 bits too", () => {
  // By the definition of String.hashCode: s[0]*31^(n-1) + … + s[n-1], as a signed number of 32 bits.
  assert.equal(javaHash("a"), 97)
  assert.equal(javaHash("ab"), 97 * 31 + 98)
  assert.equal(javaHash("Aa"), javaHash("BB"))
  assert.equal(javaHash("polygenelubricants"), -2_147_483_648)
  assert.equal(javaHash("😀"), 0xd83d * 31 + 0xde00)
})

test("a table is at most three quarters full", () => {
  const cases: readonly (readonly [number, number])[] = [
    [0, 16],
    [12, 16],
    [13, 32],
    [24, 32],
    [25, 64],
    [100_000, 262_144],
  ]
  for (const [count, size] of cases) assert.equal(tableSize(count), size, String(count))
})

test("keys come by bucket, and those of one bucket as they were put in", () => {
  assert.deepEqual(javaHashOrder(["c", "b", "a"]), ["a", "b", "c"])
  // 0x70 = "p" lies in the first bucket of sixteen, and behind "a" in a larger table.
  assert.deepEqual(javaHashOrder(["a", "p"]), ["p", "a"])
  assert.deepEqual(javaHashOrder(["p", "a"], 128), ["a", "p"])
  assert.deepEqual(javaHashOrder(["BB", "Aa"]), ["BB", "Aa"])
  assert.deepEqual(javaHashOrder(["Aa", "BB"]), ["Aa", "BB"])
  assert.deepEqual(javaHashOrder([]), [])
})

test("a job comes after all that it waits for, and as deep as its longest way", () => {
  const graph = graphOf(["a", "b"], ["b", "c"], ["a", "c"], ["c", "d"])
  assert.deepEqual(depths(graph.topDown()), { a: 0, b: 1, c: 2, d: 3 })
  assert.deepEqual(depths(graph.bottomUp()), { d: 0, c: 1, b: 2, a: 3 })
  assert.equal(graph.edges().length, 4)
})

test("jobs that wait for each other do not come, and neither does what waits for them", () => {
  const graph = graphOf(["free", "x"], ["x", "y"], ["y", "x"], ["y", "after"])
  assert.deepEqual(depths(graph.topDown()), { free: 0 })
})

test("who waited for a job that is taken out waits for those that it waited for", () => {
  const graph = graphOf(["a", "m"], ["b", "m"], ["m", "c"], ["m", "d"])
  graph.remove("m")
  assert.deepEqual(
    graph
      .edges()
      .map((edge) => edge.join(">"))
      .toSorted(),
    ["a>c", "a>d", "b>c", "b>d"],
  )
  assert.equal(graph.has("m"), false)
  assert.equal(graph.size, 4)
})

test("a link to itself is none, twice the same is one, and one that is taken back is gone", () => {
  const graph = graphOf(["a", "b"], ["a", "b"])
  graph.link("a", "a")
  assert.deepEqual(graph.edges(), [["a", "b"]])
  graph.unlink("a", "b")
  assert.deepEqual(graph.edges(), [])
  graph.link("b", "a")
  graph.unlinkAll()
  assert.deepEqual([graph.edges(), graph.node("a").parents.size], [[], 0])
})

test("a job that is not there cannot be named", () => {
  const graph = graphOf(["a", "b"])
  for (const act of [
    () => graph.node("x"),
    () => graph.link("a", "x"),
    () => graph.link("x", "a"),
    () => graph.remove("__proto__"),
  ]) {
    assert.throws(act, RangeError)
  }
})

test("a long row of jobs is walked without going deep", () => {
  const graph = new JobGraph<undefined>()
  for (let index = 0; index < 20_000; index++) graph.add(`j${index}`, undefined)
  for (let index = 1; index < 20_000; index++) graph.link(`j${index - 1}`, `j${index}`)
  assert.equal(graph.topDown().at(-1)?.depth, 19_999)
})
