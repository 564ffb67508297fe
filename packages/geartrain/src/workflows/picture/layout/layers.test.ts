import assert from "node:assert/strict"
import { test } from "node:test"
import { orderLayers } from "./order-layers.ts"
import { placeLayers } from "./place-layers.ts"

test("each node stands below all that it reads of", () => {
  const { layerOf, layers } = placeLayers(4, [
    [0, 1],
    [1, 2],
    [0, 2],
    [2, 3],
  ])
  assert.deepEqual([...layerOf], [0, 1, 2, 3])
  assert.equal(layers, 4)
  assert.equal(placeLayers(0, []).layers, 0)
})

test("nodes of a circle keep the first layer, and the rest is placed", () => {
  const { layerOf } = placeLayers(4, [
    [0, 1],
    [1, 0],
    [2, 3],
  ])
  assert.deepEqual([...layerOf], [0, 0, 0, 1])
})

test("the order with the fewest crossings is taken, and an order without any stays", () => {
  const crossed = { above: [[], [], [1], [0]], below: [[3], [2], [], []] }
  assert.deepEqual(
    orderLayers(
      [
        [0, 1],
        [2, 3],
      ],
      crossed,
    ),
    [
      [0, 1],
      [3, 2],
    ],
  )
  const straight = { above: [[], [], [0], [1]], below: [[2], [3], [], []] }
  assert.deepEqual(
    orderLayers(
      [
        [0, 1],
        [2, 3],
      ],
      straight,
    ),
    [
      [0, 1],
      [2, 3],
    ],
  )
})
