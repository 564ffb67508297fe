import assert from "node:assert/strict"
import { constants, PerformanceObserver } from "node:perf_hooks"
import { test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { cachedDataVersionTag } from "node:v8"
import { freeShortLived } from "./short-lived.ts"

/** Of V8's version and flags, before anything here has changed them. */
const TAG = cachedDataVersionTag()

test("only what is new is looked through, each time that it is asked for", async () => {
  const kinds: number[] = []
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      // Node's types do not say that entries of garbage collection have it.
      const { kind, flags } = (
        entry as unknown as { readonly detail: { readonly kind: number; readonly flags: number } }
      ).detail
      if (flags === constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) kinds.push(kind)
    }
  })
  observer.observe({ entryTypes: ["gc"] })
  freeShortLived()
  freeShortLived()
  for (let tries = 0; kinds.length < 2 && tries < 500; tries += 1) await setTimeout(2)
  observer.disconnect()
  assert.deepEqual(kinds, [constants.NODE_PERFORMANCE_GC_MINOR, constants.NODE_PERFORMANCE_GC_MINOR])
})

test("V8 has the flags afterwards that it had, so that compiled code is good for other runs", () => {
  freeShortLived()
  assert.equal(cachedDataVersionTag(), TAG)
})
