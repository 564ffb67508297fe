import assert from "node:assert/strict"
import { test } from "node:test"
import type { Digest } from "@geartrain/spec"
import type { PlannedInput, PlannedJob } from "@geartrain/spec/workflow"
import { digestOf, idOf, plannedJob } from "../../../../test/workflows/sample-plan.ts"
import type { Presence } from "../../workflow-jobs.ts"
import { FactsSoFar } from "./facts-so-far.ts"
import { fillBytes } from "./fill-bytes.ts"

/** Jobs in a row, `a` before `b` before `c`, each of which gave one file; those named were done before. */
async function filled(
  reused: string,
  gone: string,
  outputs: Readonly<Record<string, PlannedInput>> = {},
): Promise<{ readonly jobs: readonly PlannedJob[]; readonly before: readonly PlannedJob[]; readonly asked: number }> {
  const facts = new FactsSoFar()
  const keys = ["a", "b", "c"]
  const before = keys.map((key, index) => {
    const isReused = reused.includes(key)
    if (isReused) facts.note(key, [{ path: `${key}.txt`, digest: digestOf(index), sizeBytes: 1, output: "out" }])
    return plannedJob(key, keys.slice(Math.max(0, index - 1), index), {
      action: isReused ? "reuse" : "run",
      ...(isReused ? { reuses: idOf(index), reason: { kind: "same" } } : {}),
    })
  })
  let asked = 0
  const jobs = await fillBytes(before, {
    ...{ facts, outputs },
    presence: async (digests) => {
      asked += digests.length
      const of = (digest: Digest): Presence =>
        gone.includes(keys[Number(digest.slice(-1))] ?? "-") ? "freed" : "stored"
      return new Map(digests.map((digest) => [digest, of(digest)]))
    },
  })
  return { jobs, before, asked }
}

const actions = ({ jobs }: { readonly jobs: readonly PlannedJob[] }): string =>
  jobs.map(({ key, action }) => (action === "run" ? key : "-")).join("")

test("where nothing is reused, or all that is read is stored, the plan stays", async () => {
  for (const reused of ["", "ab"]) {
    const { jobs, before } = await filled(reused, "")
    assert.equal(jobs, before)
  }
})

test("a job whose bytes are gone and read runs again, and says for whom", async () => {
  const { jobs } = await filled("ab", "b")
  assert.equal(actions({ jobs }), "-bc")
  assert.deepEqual(jobs[1]?.reason, { kind: "bytes", jobs: ["c"] })
  assert.equal(Object.hasOwn(jobs[1] ?? {}, "reuses"), false)
})

test("so do those before it whose bytes are gone, too, back to the first that is stored", async () => {
  assert.equal(actions(await filled("ab", "ab")), "abc")
  assert.equal(actions(await filled("abc", "abc")), "---")
})

test("bytes that are gone and that nobody reads are not asked for", async () => {
  const { jobs, asked } = await filled("ab", "a")
  assert.deepEqual([actions({ jobs }), asked], ["--c", 1])
})

test("what is to be delivered is needed, though no job reads it", async () => {
  const outputs = { all: { takes: "files" as const, parts: [{ jobs: ["c"], output: "out" }] } }
  const { jobs } = await filled("abc", "c", outputs)
  assert.deepEqual([actions({ jobs }), jobs[2]?.reason], ["--c", { kind: "bytes", jobs: [] }])
  const other = { all: { takes: "files" as const, parts: [{ jobs: ["c"], output: "other" }] } }
  assert.equal(actions(await filled("abc", "c", other)), "---")
})

test("a thousand files of one job cost no more looks at what it gave than there are files", async () => {
  let looks = 0
  const outputs = Array.from({ length: 1000 }, (_, index) => ({
    ...{ path: `part.${index}`, sizeBytes: 1 },
    get digest() {
      looks += 1
      return digestOf(index)
    },
  }))
  const facts = new FactsSoFar()
  facts.note("split", outputs)
  const readers = outputs.map(({ path, sizeBytes }, index) =>
    plannedJob(`count[${index}]`, [], {
      ...{ action: "run", after: ["split"] },
      inputs: { file: { takes: "file", parts: [{ name: path, digest: digestOf(index), sizeBytes }] } },
    }),
  )
  const jobs = await fillBytes([plannedJob("split", [], { action: "reuse" }), ...readers], {
    ...{ facts, outputs: {} },
    presence: async (digests) => new Map(digests.map((digest) => [digest, "freed" as const])),
  })
  assert.equal(jobs[0]?.action, "run")
  assert.ok(looks <= 2000, `${looks} looks`)
})
