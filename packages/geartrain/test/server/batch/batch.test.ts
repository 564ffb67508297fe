import assert from "node:assert/strict"
import type { TestContext } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { BatchPorts } from "../../../src/server/batch/batch-ports.ts"
import type { BatchRequest } from "../../../src/server/batch/batch-request.ts"
import { listFailures } from "../../../src/server/batch/failures/read-failures.ts"
import { chooseInBatch, proposeBatch } from "../../../src/server/batch/preflight/propose-batch.ts"
import { cancelBatch } from "../../../src/server/batch/run/cancel-batch.ts"
import { retryFailed } from "../../../src/server/batch/run/retry-failed.ts"
import { stepBatches } from "../../../src/server/batch/run/run-batches.ts"
import { startBatch } from "../../../src/server/batch/run/start-batch.ts"
import { listBatches, listTargets, readBatch, type ServerBatch } from "../../../src/server/batch/server-batch.ts"
import type { Database } from "../../../src/server/database/database.ts"
import { onDatabases } from "../on-databases.ts"
import { Crash, dyingPorts, type RulesBench, rulesBench } from "../rules/rules-bench.ts"

interface BatchBench extends RulesBench {
  /** Acquisitions with one scan each. */
  readonly scans: readonly string[]
  propose(request?: Partial<BatchRequest>): Promise<ServerBatch>
  run(batch: ServerBatch): Promise<void>
  carryOn(ports?: BatchPorts): Promise<void>
  outcomes(batch: ServerBatch): Promise<readonly string[]>
}

async function batchBench(context: TestContext, database: Database, count = 3): Promise<BatchBench> {
  const bench = await rulesBench(context, database)
  await bench.gear("measure", {
    inputs: { scan: { base: "file", type: { enum: ["nifti"] } } },
    config: { level: { type: "integer", default: 1 } },
  })
  const scans: string[] = []
  for (let n = 0; n < count; n++) {
    const place = await bench.place("acquisition", bench.archive.session, `scan-${n}`)
    await bench.upload(`scan${n}.nii`, `bytes ${n}`, place)
    scans.push(place)
  }
  const carryOn = async (ports: BatchPorts = bench.ports): Promise<void> => {
    while (
      await stepBatches(ports, (error) => {
        throw error
      })
    );
  }
  return {
    ...bench,
    scans,
    carryOn,
    propose: (request = {}) =>
      proposeBatch(bench.ports, bench.boss, {
        project: bench.archive.project,
        request: { gear: "measure", targets: { places: scans }, ...request },
      }),
    run: async (batch) => {
      await startBatch(bench.ports, bench.boss, { id: batch.id, proposal: batch.proposal })
      await carryOn()
    },
    outcomes: async (batch) =>
      (await listTargets(bench.ports, bench.boss, { id: batch.id, limit: 100 })).items.map(({ outcome }) => outcome),
  }
}

onDatabases((databases) => {
  databases.test(
    "every target is told before anything runs: will run, done, ambiguous, no match, no permission",
    async (context) => {
      const bench = await batchBench(context, await databases.open(context), 4)
      const [first, second, third, fourth] = bench.scans
      await bench.upload("twin.nii", "twin", second)
      const empty = await bench.place("acquisition", bench.archive.session, "empty")
      await bench.upload("note.txt", "note", empty)
      const before = await bench.propose({ targets: { places: [first ?? ""] } })
      await bench.run(before)
      for (const { id } of await bench.jobs()) await bench.end(id)
      const places = [first, second, third, fourth, empty, bench.archive.otherProject, "lab/nothing"].map(String)
      const batch = await bench.propose({ targets: { places } })
      assert.deepEqual(await bench.outcomes(batch), [
        "already-done",
        "ambiguous",
        "will-run",
        "will-run",
        "no-match",
        "no-permission",
        "no-permission",
      ])
      const { items } = await listTargets(bench.ports, bench.boss, { id: batch.id, limit: 100 })
      assert.match(items[0]?.says ?? "", /^Job [0-9a-f]{24} did the same already$/)
      assert.deepEqual(
        items[1]?.matches[0]?.fitting.map(({ name }) => name),
        ["scan1.nii", "twin.nii"],
      )
      assert.match(items[4]?.says ?? "", /nearest is "note.txt"/)
      assert.deepEqual(batch.accounts.outcomes, {
        "will-run": 2,
        "already-done": 1,
        ambiguous: 1,
        "no-match": 1,
        "no-permission": 2,
      })
      assert.equal((await bench.jobs()).length, 1)
      const pattern = await chooseInBatch(bench.ports, bench.boss, {
        id: batch.id,
        inputs: { scan: { name: "scan*" } },
      })
      assert.equal(pattern.accounts.outcomes.ambiguous, 0)
      assert.equal(pattern.accounts.outcomes["will-run"], 3)
      assert.notEqual(pattern.proposal, batch.proposal)
      const again = await bench.propose({ targets: { places: [first ?? ""] }, again: true })
      assert.deepEqual(await bench.outcomes(again), ["will-run"])
    },
  )

  databases.test("a pick names a file, queries and collections name places", async (context) => {
    const bench = await batchBench(context, await databases.open(context), 2)
    const [, second] = bench.scans
    const twin = await bench.upload("twin.nii", "twin", second)
    const batch = await bench.propose({
      targets: { query: { type: "acquisition", below: "sub-01", label: "SCAN-*" } },
    })
    assert.deepEqual(await bench.outcomes(batch), ["will-run", "ambiguous"])
    const picked = await chooseInBatch(bench.ports, bench.boss, {
      id: batch.id,
      picks: { [second ?? ""]: { scan: twin.id } },
    })
    assert.equal(picked.accounts.outcomes["will-run"], 2)
    await assert.rejects(bench.propose({ targets: {} }), (error) => isGeartrainError(error, "BATCH_INVALID"))
    await assert.rejects(bench.propose({ config: { level: "x" } }), (error) => isGeartrainError(error, "BATCH_INVALID"))
    await assert.rejects(bench.propose({ targets: { collection: "none" } }), (error) =>
      isGeartrainError(error, "COLLECTION_NOT_FOUND"),
    )
    await bench.gear("alone", { inputs: {} })
    const alone = await bench.propose({ gear: "alone", targets: { places: [bench.archive.session] } })
    assert.deepEqual(await bench.outcomes(alone), ["will-run"])
  })

  databases.test("what runs is what was proposed, or what changed is told", async (context) => {
    const bench = await batchBench(context, await databases.open(context), 2)
    const batch = await bench.propose()
    const start = (more: { readonly proposal?: string; readonly asProposed?: boolean } = {}) =>
      startBatch(bench.ports, bench.boss, { id: batch.id, proposal: batch.proposal, ...more })
    await assert.rejects(start({ proposal: "sha256:other" }), (error) => isGeartrainError(error, "BATCH_CHANGED"))
    await bench.upload("scan0.nii", "newer", bench.scans[0])
    await assert.rejects(
      start(),
      (error) =>
        isGeartrainError(error, "BATCH_CHANGED") &&
        /"scan0.nii" is at version 2, and 1 was proposed/.test(error.message),
    )
    await start({ asProposed: true })
    await bench.carryOn()
    await assert.rejects(start(), (error) => isGeartrainError(error, "BATCH_STATE"))
    const rows = await bench.ports.database.read.selectFrom("jobs").select("inputs").execute()
    const versions = rows.map(({ inputs }) => (JSON.parse(inputs) as { version: number }[])[0]?.version)
    assert.equal(versions.length, 2)
    await assert.rejects(chooseInBatch(bench.ports, bench.boss, { id: batch.id, inputs: {} }), (error) =>
      isGeartrainError(error, "BATCH_STATE"),
    )
  })

  databases.test("accounts follow the jobs, failures are grouped, and only those are tried again", async (context) => {
    const bench = await batchBench(context, await databases.open(context), 5)
    const batch = await bench.propose()
    await bench.run(batch)
    const jobs = await bench.jobs()
    assert.equal(jobs.length, 5)
    const [a, b, c, d, e] = jobs.map(({ id }) => id)
    await bench.end(a ?? "")
    await bench.end(b ?? "", {}, "failed", "Voxel 12 is not a number")
    await bench.end(c ?? "", {}, "failed", "Voxel 7 is not a number")
    await bench.end(d ?? "", {}, "failed", "No licence")
    await bench.carryOn()
    const running = await readBatch(bench.ports, bench.boss, batch.id)
    assert.deepEqual(
      [running.state, running.accounts.jobs],
      ["running", { pending: 1, running: 0, complete: 1, failed: 3, cancelled: 0 }],
    )
    const groups = await listFailures(bench.ports, bench.boss, batch.id)
    assert.deepEqual(
      groups.map(({ count, message }) => [count, message]),
      [
        [2, "Voxel <n> is not a number"],
        [1, "No licence"],
      ],
    )
    const one = await retryFailed(bench.ports, bench.boss, {
      id: batch.id,
      group: groups[0]?.group,
      changes: { config: { level: 2 } },
    })
    assert.equal(one.retried, 2)
    await bench.carryOn()
    const after = await bench.jobs()
    assert.equal(after.length, 7)
    for (const { id, state } of after) if (state === "pending" && id !== e) await bench.end(id)
    await bench.end(e ?? "")
    await bench.carryOn()
    const ended = await readBatch(bench.ports, bench.boss, batch.id)
    assert.deepEqual([ended.state, ended.accounts.jobs.complete, ended.accounts.jobs.failed], ["partly failed", 4, 1])
    await retryFailed(bench.ports, bench.boss, { id: batch.id })
    await bench.carryOn()
    const last = (await bench.jobs()).find(({ state }) => state === "pending")
    await bench.end(last?.id ?? "")
    await bench.carryOn()
    assert.equal((await readBatch(bench.ports, bench.boss, batch.id)).state, "complete")
    await assert.rejects(retryFailed(bench.ports, bench.boss, { id: batch.id }), (error) =>
      isGeartrainError(error, "BATCH_INVALID"),
    )
    const configs = await bench.ports.database.read.selectFrom("jobs").select("config").execute()
    assert.equal(configs.filter(({ config }) => config === '{"level":2}').length, 2)
  })

  databases.test(
    "cancelling stops what is not submitted and what has not ended, and what was cancelled can run later",
    async (context) => {
      const bench = await batchBench(context, await databases.open(context), 30)
      const batch = await bench.propose()
      await startBatch(bench.ports, bench.boss, { id: batch.id, proposal: batch.proposal })
      await stepBatches(bench.ports, assert.ifError)
      assert.equal((await bench.jobs()).length, 25)
      const [first] = await bench.jobs()
      await bench.end(first?.id ?? "")
      await cancelBatch(bench.ports, bench.boss, batch.id)
      await bench.carryOn()
      const cancelled = await readBatch(bench.ports, bench.boss, batch.id)
      assert.deepEqual(
        [
          cancelled.state,
          cancelled.accounts.jobs.cancelled,
          cancelled.accounts.jobs.complete,
          cancelled.accounts.refused,
        ],
        ["cancelled", 24, 1, 5],
      )
      const [group] = await listFailures(bench.ports, bench.boss, batch.id)
      assert.equal(group?.reason, "CANCELLED")
      const { retried } = await retryFailed(bench.ports, bench.boss, { id: batch.id, group: group?.group })
      assert.equal(retried, 5)
      await bench.carryOn()
      assert.equal((await bench.jobs()).length, 30)
    },
  )

  databases.test(
    "a server that dies while it submits leaves no target out, and submits none twice",
    async (context) => {
      const bench = await batchBench(context, await databases.open(context), 10)
      const batch = await bench.propose()
      await startBatch(bench.ports, bench.boss, { id: batch.id, proposal: batch.proposal })
      let asked = 0
      let crashes = 0
      const moments = ["after", undefined, undefined, "before", undefined, "after", undefined] as const
      for (let tries = 0; tries < 60; tries++) {
        const dying = dyingPorts(bench.ports, () => moments[asked++ % moments.length])
        try {
          await bench.carryOn(dying)
          break
        } catch (error) {
          assert.ok(error instanceof Crash)
          crashes++
          if (crashes === 5) await bench.carryOn()
        }
      }
      assert.ok(crashes > 1)
      await Promise.all([bench.carryOn(), bench.carryOn()])
      const jobs = await bench.jobs()
      assert.equal(jobs.length, 10)
      const { accounts } = await readBatch(bench.ports, bench.boss, batch.id)
      assert.deepEqual([accounts.notSubmitted, accounts.jobs.pending], [0, 10])
    },
  )

  databases.test("what cannot be submitted is told, and a batch of others is not to be seen", async (context) => {
    const bench = await batchBench(context, await databases.open(context), 2)
    const batch = await bench.propose()
    await startBatch(bench.ports, bench.boss, { id: batch.id, proposal: batch.proposal })
    await bench.ports.database.write(({ sql }) => sql.updateTable("gears").set({ state: "disabled" }).execute())
    await bench.carryOn()
    const ended = await readBatch(bench.ports, bench.boss, batch.id)
    assert.deepEqual([ended.state, ended.accounts.refused], ["failed", 2])
    const [group] = await listFailures(bench.ports, bench.boss, batch.id)
    assert.equal(group?.reason, "GEAR_DISABLED")
    await bench.ports.database.write(({ sql }) => sql.updateTable("gears").set({ state: "enabled" }).execute())
    const { stranger, reader, project } = bench.archive
    await assert.rejects(readBatch(bench.ports, stranger, batch.id), (error) =>
      isGeartrainError(error, "BATCH_NOT_FOUND"),
    )
    await assert.rejects(cancelBatch(bench.ports, reader, batch.id), (error) =>
      isGeartrainError(error, "NOT_PERMITTED"),
    )
    await bench.propose()
    const page = await listBatches(bench.ports, reader, { project, limit: 1 })
    const next = await listBatches(bench.ports, reader, { project, limit: 1, cursor: page.next })
    assert.deepEqual([page.items.length, next.items[0]?.id, next.next], [1, batch.id, undefined])
  })
})
