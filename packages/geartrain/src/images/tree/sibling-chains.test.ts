import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { SiblingChains } from "./sibling-chains.ts"

const FOLDER = 0

function chainOf(chains: SiblingChains, folder: number): readonly number[] {
  const names: number[] = []
  for (let name = chains.first(folder); name !== 0; name = chains.next(name)) names.push(name)
  return names
}

test("the names of a folder are those that were added, and another's are left alone", () => {
  const chains = new SiblingChains()
  for (const name of [1, 2, 3]) chains.add(FOLDER, name)
  for (const name of [4, 5]) chains.add(3, name)
  chains.sort(FOLDER, (a, b) => a - b)
  assert.deepEqual(chainOf(chains, FOLDER), [1, 2, 3])
  assert.deepEqual(chainOf(chains, 3), [5, 4])
  assert.deepEqual(chainOf(chains, 1), [])
})

test("names in any order come out in theirs, and sorting again changes nothing", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1_000_000), { maxLength: 200 }), (ranks) => {
      const chains = new SiblingChains()
      for (const index of ranks.keys()) chains.add(FOLDER, index + 1)
      const rank = (name: number): number => ranks[name - 1] as number
      for (let times = 0; times < 2; times++) {
        chains.sort(FOLDER, (a, b) => rank(a) - rank(b))
        assert.deepEqual(
          chainOf(chains, FOLDER).map(rank),
          ranks.toSorted((a, b) => a - b),
        )
      }
    }),
  )
})

test("names that come in rising order are compared once each, and those in falling order not often", () => {
  const count = 10_000
  for (const sign of [1, -1]) {
    const chains = new SiblingChains()
    for (let name = 1; name <= count; name++) chains.add(FOLDER, name)
    let compared = 0
    chains.sort(FOLDER, (a, b) => {
      compared++
      return (a - b) * sign
    })
    assert.equal(chainOf(chains, FOLDER).length, count)
    assert.equal(chains.first(FOLDER), sign === 1 ? 1 : count)
    // Falling names make a run each, and those are merged: half of n log2 n.
    assert.ok(compared <= (sign === 1 ? count : count * 9), `${compared} comparisons`)
  }
})
