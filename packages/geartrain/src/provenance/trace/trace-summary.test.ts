import assert from "node:assert/strict"
import { test } from "node:test"
import { TraceSummary } from "./trace-summary.ts"

test("each name comes once, with all that was done to it and succeeded", () => {
  const seen = new TraceSummary()
  seen.event({ action: "look", subject: "/b", succeeded: false })
  seen.event({ action: "write", subject: "/b", succeeded: true })
  seen.event({ action: "read", subject: "/b", succeeded: true })
  seen.event({ action: "execute", subject: "/b", succeeded: false })
  seen.event({ action: "read", subject: "/a", succeeded: false })
  seen.event({ action: "look", subject: "/a", succeeded: false })
  seen.event({ action: "connect", subject: "127.0.0.1:9", succeeded: false })
  assert.deepEqual(seen.subjects(), [
    { subject: "/a", actions: ["look", "read"], succeeded: false },
    { subject: "/b", actions: ["read", "write"], succeeded: true },
    { subject: "127.0.0.1:9", actions: ["connect"], succeeded: false },
  ])
  assert.equal(seen.left, 0)
})

test("a job that looks for names without end does not fill the memory, and that is told", () => {
  const seen = new TraceSummary()
  for (let number = 0; number < 200_010; number += 1)
    seen.event({ action: "look", subject: `/${number}`, succeeded: false })
  seen.event({ action: "read", subject: "/0", succeeded: true })
  assert.deepEqual([seen.subjects().length, seen.left], [200_000, 10])
  assert.deepEqual(seen.subjects()[0], { subject: "/0", actions: ["read"], succeeded: true })
})
