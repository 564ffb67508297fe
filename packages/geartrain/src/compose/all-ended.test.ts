import assert from "node:assert/strict"
import { test } from "node:test"
import { allEnded } from "./all-ended.ts"

test("a fault is told when all have ended, and not before", async () => {
  const slow = Promise.withResolvers<void>()
  let isTold = false
  const told = allEnded([undefined, Promise.reject(new RangeError("first")), slow.promise]).finally(() => {
    isTold = true
  })
  told.catch(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isTold, false)
  slow.reject(new TypeError("second"))
  await assert.rejects(told, new RangeError("first"))
  await allEnded([undefined, Promise.resolve()])
})
