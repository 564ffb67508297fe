import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type Ready, ReadyQueue } from "./ready-queue.ts"
import { demandOf, Slots } from "./slots.ts"

const ready = (order: number, more: Partial<Ready> = {}): Ready => ({
  ...{ demand: { cpus: 1, memoryBytes: 0 }, priority: 0, order },
  ...more,
})

test("higher priority comes first, and equals in the order of the plan", () => {
  const item = fc.record({ priority: fc.integer({ min: -2, max: 2 }), cpus: fc.integer({ min: 1, max: 3 }) })
  fc.assert(
    fc.property(fc.array(item, { maxLength: 60 }), (wanted) => {
      const items = wanted.map(({ priority, cpus }, order) =>
        ready(order, { priority, demand: { cpus, memoryBytes: 0 } }),
      )
      const queue = new ReadyQueue<Ready>()
      for (const one of items) queue.add(one)
      const taken: Ready[] = []
      for (let next = queue.take(() => "now"); next !== undefined; next = queue.take(() => "now")) taken.push(next)
      const expected = items.toSorted((a, b) => b.priority - a.priority || a.order - b.order)
      assert.deepEqual(taken, expected)
      assert.equal(queue.size, 0)
    }),
  )
})

test("a large job is overtaken for a while only", () => {
  const queue = new ReadyQueue<Ready>()
  queue.add(ready(0, { demand: { cpus: 4, memoryBytes: 0 } }))
  for (let order = 1; order < 200; order++) queue.add(ready(order))
  let overtaken = 0
  while (queue.take(({ cpus }) => (cpus > 1 ? "room" : "now")) !== undefined) overtaken += 1
  assert.equal(overtaken, 64)
  assert.equal(queue.take(() => "now")?.order, 0)
})

test("a job whose category is full keeps nobody else waiting", () => {
  const queue = new ReadyQueue<Ready>()
  queue.add(ready(0, { demand: { cpus: 1, memoryBytes: 0, category: "few" } }))
  for (let order = 1; order < 200; order++) queue.add(ready(order))
  let others = 0
  while (queue.take(({ category }) => (category === undefined ? "now" : "later")) !== undefined) others += 1
  assert.equal(others, 199)
})

test("slots hold what is taken, and a job that asks for more than there is runs alone", () => {
  const slots = new Slots({ jobs: 3, cpus: 2, memoryBytes: 100, categories: { few: 1 } })
  const large = demandOf({ cpuCores: 64, memoryBytes: 1e12 }, undefined, slots.capacity)
  assert.equal(slots.fit(large), "now")
  slots.take(large)
  assert.equal(slots.fit({ cpus: 1, memoryBytes: 0 }), "room")
  slots.give(large)
  const third = { cpus: 1 / 3, memoryBytes: 0, category: "few" }
  slots.take(third)
  assert.equal(slots.fit(third), "later")
  assert.equal(slots.fit({ cpus: 2 - 1 / 3, memoryBytes: 100 }), "now")
})
