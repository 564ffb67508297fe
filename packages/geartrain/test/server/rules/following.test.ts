import assert from "node:assert/strict"
import { setTimeout } from "node:timers/promises"
import { proposeBatch } from "../../../src/server/batch/preflight/propose-batch.ts"
import { runBatches } from "../../../src/server/batch/run/run-batches.ts"
import { startBatch } from "../../../src/server/batch/run/start-batch.ts"
import { readBatch } from "../../../src/server/batch/server-batch.ts"
import { runRules } from "../../../src/server/rules/consume/run-rules.ts"
import { sha256 } from "../../../src/system/hash.ts"
import { onDatabases } from "../on-databases.ts"
import { rulesBench } from "./rules-bench.ts"

onDatabases((databases) => {
  databases.test(
    "rules and batches follow what happens by themselves, until they are told to stop",
    async (context) => {
      const bench = await rulesBench(context, await databases.open(context))
      await bench.gear("convert")
      await bench.rule({ name: "Convert", gear: { name: "convert", version: "1.0" }, when: { zipMember: "*/1.dcm" } })
      const ports = {
        ...bench.ports,
        zipMembers: async (digest: string) =>
          digest === sha256(Buffer.from("zip")) ? ["a/1.dcm", "a/2.dcm"] : undefined,
      }
      const stop = new AbortController()
      const failed: unknown[] = []
      const options = { signal: stop.signal, report: (error: unknown) => failed.push(error) }
      const following = Promise.all([runRules(ports, options), runBatches(ports, options)])
      await bench.upload("scan.zip", "zip")
      await until(async () => (await bench.jobs()).length === 1)
      const request = { gear: "convert", targets: { places: [bench.archive.acquisition] } }
      const batch = await proposeBatch(ports, bench.boss, { project: bench.archive.project, request })
      await startBatch(ports, bench.boss, { id: batch.id, proposal: batch.proposal })
      await until(async () => (await bench.jobs()).length === 2)
      for (const { id } of await bench.jobs()) await bench.end(id)
      await until(async () => (await readBatch(ports, bench.boss, batch.id)).endedMs !== undefined)
      assert.equal((await readBatch(ports, bench.boss, batch.id)).state, "complete")
      stop.abort()
      await following
      assert.deepEqual(failed, [])
    },
  )
})

/** The test's own limit ends what never becomes true. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await setTimeout(10)
}
