import assert from "node:assert/strict"
import { test } from "node:test"
import { LeaseBook } from "./lease-book.ts"

test("a lease is held until a sixth before its end, and lost from then on", () => {
  const book = new LeaseBook()
  book.renew("a", 60_000, 1000)
  assert.deepEqual([book.isHeld("a", 50_999), book.lost(50_999)], [true, []])
  assert.deepEqual([book.isHeld("a", 51_000), book.lost(51_000)], [false, ["a"]])
})

test("a renewal counts from when it was asked for", () => {
  const book = new LeaseBook()
  book.renew("a", 60_000, 0)
  book.renew("a", 60_000, 20_000)
  assert.deepEqual(book.lost(69_999), [])
  assert.deepEqual(book.lost(70_000), ["a"])
})

test("an answer that comes late takes nothing back", () => {
  const book = new LeaseBook()
  book.renew("a", 60_000, 20_000)
  book.renew("a", 60_000, 0)
  assert.deepEqual(book.lost(69_999), [])
})

test("two heartbeats in a row may be lost when a lease is renewed in thirds", () => {
  const book = new LeaseBook()
  book.renew("a", 60_000, 0)
  for (const askedMs of [20_000, 40_000]) assert.deepEqual(book.lost(askedMs), [])
  book.renew("a", 60_000, 45_000)
  assert.deepEqual(book.lost(60_000), [])
})

test("of several leases those are lost that end, and one that has ended is forgotten", () => {
  const book = new LeaseBook()
  book.renew("a", 6000, 0)
  book.renew("b", 6000, 3000)
  book.renew("c", 6000, 0)
  book.end("c")
  assert.deepEqual(book.lost(5000), ["a"])
  assert.deepEqual([book.isHeld("b", 5000), book.isHeld("c", 0), book.isHeld("never", 0)], [true, false, false])
})
