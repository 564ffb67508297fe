import assert from "node:assert/strict"
import type { Digest } from "@geartrain/spec"
import { submitJob } from "../../../src/server/queue/submit/submit-job.ts"
import { onDatabases } from "../on-databases.ts"
import { rulesBench } from "./rules-bench.ts"

onDatabases((databases) => {
  databases.test(
    "a job by content has done nothing to the file that it read, so that no rule fires for it",
    async (context) => {
      const bench = await rulesBench(context, await databases.open(context))
      await bench.gear("convert")
      await bench.gear("measure")
      const job = { gear: "convert", state: "complete" as const }
      await bench.rule({ name: "Measure", gear: { name: "measure", version: "1.0" }, when: { job } })
      const file = await bench.upload("scan.dcm")
      await bench.queue.blobs.put(
        (async function* () {
          yield Buffer.from("scan.dcm")
        })(),
      )
      const { acquisition: destination } = bench.archive
      const from = `file:${file.id}`
      const given = { input: "scan", name: "scan.dcm", digest: file.digest as Digest, from }
      const byContent = await submitJob(bench.queue, bench.boss, {
        order: { gear: "convert", destination, byContent: { files: [given] } },
      })
      await bench.end(byContent.job.id)
      await bench.settle()
      assert.deepEqual(
        (await bench.jobs()).map(({ gear }) => gear),
        ["convert 1.0"],
      )
      const byPlace = await submitJob(bench.queue, bench.boss, { order: { gear: "convert", inputs: { scan: from } } })
      await bench.end(byPlace.job.id)
      await bench.settle()
      assert.deepEqual((await bench.jobs()).map(({ gear }) => gear).sort(), [
        "convert 1.0",
        "convert 1.0",
        "measure 1.0",
      ])
    },
  )
})
