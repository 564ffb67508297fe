import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type Layout, layOut } from "./lay-out.ts"
import { nearest } from "./place-across.ts"

const SIZES = { nodeHeight: 40, gapAcross: 20, gapDown: 30 }

function laidOut(count: number, edges: readonly (readonly [number, number])[]): Layout {
  return layOut(edges, { ...SIZES, widths: Array.from({ length: count }, () => 100) })
}

test("a diamond has its sides beside each other, and its ends in the middle", () => {
  const { nodes, width, height } = laidOut(4, [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ])
  assert.deepEqual(nodes, [
    { x: 110, y: 20 },
    { x: 50, y: 90 },
    { x: 170, y: 90 },
    { x: 110, y: 160 },
  ])
  assert.deepEqual([width, height], [220, 180])
})

test("two pairs that were given crosswise do not cross", () => {
  const { nodes } = laidOut(4, [
    [0, 3],
    [1, 2],
  ])
  assert.equal(nodes[0]!.x < nodes[1]!.x, nodes[3]!.x < nodes[2]!.x)
})

test("an edge over several layers goes around what lies between", () => {
  const { nodes, edges } = laidOut(3, [
    [0, 1],
    [1, 2],
    [0, 2],
  ])
  const [, bend] = edges[2]!
  assert.equal(edges[2]!.length, 3)
  assert.ok(Math.abs(bend!.x - nodes[1]!.x) >= 50 + SIZES.gapAcross)
})

test("what reads nothing stands just above its first reader", () => {
  const { nodes } = laidOut(4, [
    [0, 1],
    [1, 2],
    [3, 2],
  ])
  assert.equal(nodes[3]!.y, nodes[1]!.y)
})

test("any graph, with circles too, is laid out without two nodes on one another, the same each time", () => {
  const edge = fc.tuple(fc.nat(29), fc.nat(29)).filter(([from, to]) => from !== to)
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 80 }), (edges) => {
      const { nodes, width } = laidOut(30, edges)
      for (const [index, { x, y }] of nodes.entries()) {
        assert.ok(x >= 50 - 1e-6 && x <= width - 50 + 1e-6)
        for (const other of nodes.slice(index + 1))
          assert.ok(other.y !== y || Math.abs(other.x - x) >= 100 + SIZES.gapAcross - 1e-6)
      }
      assert.deepEqual(laidOut(30, edges).nodes, nodes)
    }),
  )
})

test("a chain of thousands, a fan of thousands, and edges over thousands of layers are laid out", () => {
  const chain = Array.from({ length: 4999 }, (_, index) => [index, index + 1] as const)
  assert.equal(laidOut(5000, chain).nodes[4999]!.y, 4999 * 70 + 20)
  const fan = Array.from({ length: 4998 }, (_, index) => [[0, index + 1] as const, [index + 1, 4999] as const]).flat()
  assert.equal(new Set(laidOut(5000, fan).nodes.map(({ y }) => y)).size, 3)
  const long = [...chain, ...chain.slice(2).map(([from]) => [0, from] as const)]
  assert.equal(laidOut(5000, long).edges.length, long.length)
})

test("places are the nearest that keep their distances", () => {
  assert.deepEqual(nearest([5, 5, 5], [0, 2, 2]), [3, 5, 7])
  assert.deepEqual(nearest([0, 10], [0, 2]), [0, 10])
  assert.deepEqual(nearest([], []), [])
})
