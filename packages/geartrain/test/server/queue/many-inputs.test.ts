import assert from "node:assert/strict"
import type { JobOrder } from "../../../src/server/queue/submit/job-order.ts"
import { submitJob } from "../../../src/server/queue/submit/submit-job.ts"
import { sha256 } from "../../../src/system/hash.ts"
import { appBench } from "../app-bench.ts"
import { counting } from "../counting.ts"
import { onDatabases } from "../on-databases.ts"
import { person } from "../open-access.ts"
import { makeProject } from "../people/make-project.ts"
import { fileMany, type ManyFiles } from "./file-many.ts"
import { manifestOf } from "./queue-bench.ts"
import { registerManifest } from "./run-by-hand.ts"

const GATHER = manifestOf("gather", {
  inputs: { texts: { base: "file" } },
  custom: { geartrain: { inputs: { texts: { takes: "files" } } } },
})
const FEW = 3
const MANY = 1700

onDatabases((databases) => {
  databases.test("a job of many files is ordered with few questions, however its files are named", async (context) => {
    const { database, asked } = counting(await databases.open(context))
    const bench = await appBench(context, database)
    const { project } = await makeProject(bench)
    await bench.grant("user", project, "run")
    const { path, files } = await fileMany(bench.ports, project, MANY)
    await registerManifest(bench, GATHER)
    const byContent = (count: number): JobOrder => ({
      ...{ gear: "gather", destination: project },
      byContent: {
        files: files.slice(0, count).map(({ id, name, digests: [first = sha256(Buffer.from(""))] }) => {
          return { input: `texts/${name}`, name, from: `file:${id}@1`, digest: first }
        }),
      },
    })
    const byPlace =
      (refer: (file: ManyFiles["files"][number]) => string) =>
      (count: number): JobOrder => ({
        ...{ gear: "gather", destination: project, inputs: { texts: files.slice(0, count).map(refer) } },
      })
    const ways = {
      byContent,
      byId: byPlace(({ id }) => `file:${id}`),
      byPath: byPlace(({ name }) => `${path}/files/${name}`),
    }
    for (const [way, order] of Object.entries(ways)) {
      const questions: number[] = []
      for (const count of [FEW, MANY]) {
        const before = asked()
        const { job } = await submitJob(bench.ports, person(bench.id("user")), { order: order(count) })
        questions.push(asked() - before)
        const inputs = JSON.parse(job.inputs) as readonly { readonly file: string; readonly digest: string }[]
        const version = way === "byContent" ? 0 : 1
        assert.deepEqual(
          inputs.map(({ file, digest }) => [file, digest]),
          files.slice(0, count).map(({ id, digests }) => [id, digests[version]]),
          way,
        )
      }
      const [few = 0, many = 0] = questions
      assert.ok(many - few <= 15, `${way}: ${few} questions for ${FEW} files, and ${many} for ${MANY}`)
    }
    await bench.ports.audit.flush()
    const read = bench.ports.database.read.selectFrom("audit").where("action", "=", "job.input")
    const { count } = await read.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow()
    assert.equal(Number(count), 3 * (FEW + MANY), "each reading is in the audit")
  })

  databases.test(
    "among many files, one that may not be read is refused in the words of one that is not there",
    async (context) => {
      const bench = await appBench(context, await databases.open(context))
      const { project } = await makeProject(bench)
      await bench.grant("user", project, "run")
      const { files } = await fileMany(bench.ports, project, 600)
      await registerManifest(bench, GATHER)
      const other = await makeProject(bench)
      const hidden = (await bench.as("admin").put(`/places/${other.project}/files/h.txt`, Buffer.from("h"))).body.file
      const [first, second] = files
      assert.ok(first && second)
      await bench.ports.database.write(async ({ sql }) => {
        await sql.updateTable("files").set({ deleted_ms: 1 }).where("id", "=", second.id).execute()
      })
      const last = `file:${first.id}@2`
      const refusals = [hidden.id, second.id, "f2".repeat(12), `${first.id}@3`]
      const said = new Set<string>()
      for (const id of refusals) {
        const texts = [...files.slice(2).map(({ id }) => `file:${id}`), `file:${id}`, last]
        const order = { gear: "gather", destination: project, inputs: { texts } }
        const refused = await bench.as("user").post("/jobs", order)
        assert.equal(refused.body.code, "INPUT_NOT_FOUND", refused.text)
        said.add(refused.body.detail.replace(id, ""))
      }
      assert.equal(said.size, 1, [...said].join("\n"))
      const all = await bench
        .as("user")
        .post("/jobs", { gear: "gather", destination: project, inputs: { texts: [last] } })
      assert.equal(all.status, 201, all.text)
    },
  )
})
