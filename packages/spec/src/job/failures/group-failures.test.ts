import assert from "node:assert/strict"
import { hash } from "node:crypto"
import { test } from "node:test"
import fc from "fast-check"
import type { Sha256 } from "../../identity/digest.ts"
import { groupFailures, groupOf } from "./group-failures.ts"
import { normaliseMessage } from "./normalise-message.ts"

const sha256: Sha256 = (bytes) => `sha256:${hash("sha256", bytes, "hex")}`

test("messages that tell of the same are alike", () => {
  const alike = (messages: readonly string[], as: string) => {
    for (const message of messages) assert.equal(normaliseMessage(message), as)
  }
  alike(
    ["Cannot read /data/sub-01/t1.nii.gz: 512 bytes of 1,024.5", "Cannot read ../other/x: 1 bytes of 2e9"],
    "Cannot read <path>: <n> bytes of <n>",
  )
  alike(
    [
      "job 65f0c1a2b3c4d5e6f7a8b9c0 ended at 2026-01-02T03:04:05.678Z",
      "job 00f0c1a2b3c4d5e6f7a8b9c1 ended at 2025-11-12 23:04:05",
    ],
    "job <id> ended at <time>",
  )
  alike(["see https://a.example/x?y=1", "see s3://bucket/key"], "see <address>")
  alike(["sub-01 at 12:30:01 in 0x7ffd12", "sub-22 at 1:02 in 0x1"], "sub-<n> at <time> in <id>")
  alike(
    ["sha256:ab12 and 123e4567-e89b-12d3-a456-426614174000", "sha1:ff and 00000000-0000-0000-0000-000000000000"],
    "<id> and <id>",
  )
  assert.equal(normaliseMessage("No space\n  left on device"), "No space left on device")
  assert.equal(normaliseMessage("and/or facade"), "and/or facade")
})

test("making a message alike again changes nothing, whatever it is", () => {
  const part = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(
      "/a/b",
      "12:03",
      "2026-01-02",
      "0xff",
      "<n>",
      "65f0c1a2b3c4d5e6",
      "https://x/1",
      "sub-01/ses-2",
      "1e9",
      "~",
    ),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const once = normaliseMessage(parts.join(" "))
      assert.equal(normaliseMessage(once), once)
    }),
    { numRuns: 2000 },
  )
  // A long one takes no longer than its length asks.
  assert.ok(normaliseMessage("a/".repeat(100_000)).length > 0)
})

test("failures are grouped, the largest group first, each with an example", () => {
  const failures = [1, 2, 3].map((n) => ({
    n,
    path: `sub-${n}`,
    job: `j${n}`,
    reason: "GEAR_FAILED",
    message: `Exit code ${n}`,
  }))
  const other = { n: 9, path: "x", reason: "OUT_OF_MEMORY", message: "It needed 5 GiB" }
  const groups = groupFailures([other, ...failures], sha256)
  assert.deepEqual(
    groups.map(({ count, reason, message, example }) => [count, reason, message, example.n]),
    [
      [3, "GEAR_FAILED", "Exit code <n>", 1],
      [1, "OUT_OF_MEMORY", "It needed <n> GiB", 9],
    ],
  )
  assert.equal(groupOf(other, sha256), groups[1]?.group)
})
