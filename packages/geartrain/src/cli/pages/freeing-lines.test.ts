import assert from "node:assert/strict"
import { test } from "node:test"
import { digest, jobId } from "../../../test/stores/records/sample-records.ts"
import type { FreeingResult } from "../../compose/stores/free-bytes.ts"
import type { KnownJob } from "../../engine/freeing/known-job.ts"
import { freeingLines } from "./freeing-lines.ts"
import { madeAgainText } from "./made-again.ts"

const MEANS = { id: (id: string) => `#${Number.parseInt(id, 16)}`, dryRun: false }
const VERIFIED = { at: "2026-02-01T00:00:00.000Z", provider: "crun", verdict: "identical", differences: [] } as const
const JOB: KnownJob = {
  id: jobId(1),
  gear: { id: digest(2), name: "gear", version: "1" },
  ended: "2026-01-01T00:00:00.000Z",
  tookMs: 41_000,
  isOwn: true,
  outputs: [],
  inputs: [],
  history: [VERIFIED],
}
const BLOB = { digest: digest(3), sizeBytes: 3 * 1024 ** 3, job: JOB, path: "big\u001b", lastUsed: JOB.ended }
const WAY = { job: JOB, path: "big", needs: { jobs: [], gears: [], blobs: [] } }
const NOTHING: FreeingResult = { removed: [], freedBytes: 0, freed: [], kept: [] }

test("what went is told with what speaks for it, and what stayed with the reason; nothing in a name is obeyed", () => {
  const freed = [{ ...BLOB, way: WAY }]
  const kept = [{ ...BLOB, why: "its job was never verified" }]
  assert.deepEqual(freeingLines({ ...NOTHING, freed, kept }, MEANS), [
    "FREED     SIZE  JOB  LAST USED   PROOF",
    "big\\x1b  3 GiB  #1   2026-01-01  last verified on 2026-02-01, took 41.0 s",
    "KEPT      SIZE  JOB  LAST USED   WHY",
    "big\\x1b  3 GiB  #1   2026-01-01  its job was never verified",
    "freed the bytes of 1 output, 3 GiB, which can be made again",
  ])
})

test("a dry run says what would be", () => {
  const lines = freeingLines({ ...NOTHING, freed: [{ ...BLOB, way: WAY }] }, { ...MEANS, dryRun: true })
  assert.match(lines[0] ?? "", /^WOULD BE FREED/)
  assert.match(lines.at(-1) ?? "", /^would free /)
  assert.deepEqual(freeingLines(NOTHING, MEANS), ["no bytes to free"])
})

test("of very many the first are shown, and the others counted", () => {
  const kept = Array.from({ length: 60 }, () => ({ ...BLOB, why: "x" }))
  assert.ok(freeingLines({ ...NOTHING, kept }, MEANS).includes("… and 10 more: --json has them"))
})

test("the proof is the last verification that came to a verdict, of this output", () => {
  const undecided = { ...VERIFIED, at: "2026-03-01T00:00:00.000Z", verdict: "undecided" } as const
  const other = {
    ...VERIFIED,
    at: "2026-04-01T00:00:00.000Z",
    verdict: "different",
    differences: [{ path: "b" }],
  } as const
  const text = (path: string, history: KnownJob["history"]): string => madeAgainText({ path, history, tookMs: 500 })
  assert.equal(text("a", [VERIFIED, undecided]), "last verified on 2026-02-01, took 500 ms")
  assert.equal(text("a", [other]), "last verified on 2026-04-01, took 500 ms")
  assert.equal(text("b", [VERIFIED, other]), "came out otherwise on 2026-04-01, took 500 ms")
  assert.equal(text("a", [undecided]), "never verified, took 500 ms")
})
