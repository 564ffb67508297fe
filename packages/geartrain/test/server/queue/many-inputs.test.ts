import assert from "node:assert/strict"
import type { Digest } from "@geartrain/spec"
import type { Database } from "../../../src/server/database/database.ts"
import type { JobOrder } from "../../../src/server/queue/submit/job-order.ts"
import { submitJob } from "../../../src/server/queue/submit/submit-job.ts"
import { sha256 } from "../../../src/system/hash.ts"
import { type AppBench, appBench } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { person } from "../open-access.ts"
import { makeProject } from "../people/make-project.ts"
import { manifestOf, once } from "./queue-bench.ts"
import { registerManifest } from "./run-by-hand.ts"

const GATHER = manifestOf("gather", {
  inputs: { texts: { base: "file" } },
  custom: { geartrain: { inputs: { texts: { takes: "files" } } } },
})
const FEW = 3
const MANY = 1700

interface ManyFiles {
  readonly project: string
  readonly path: string
  readonly files: readonly { readonly id: string; readonly name: string; readonly digests: readonly Digest[] }[]
}

onDatabases((databases) => {
  databases.test("a job of many files is ordered with few questions, however its files are named", async (context) => {
    const { database, asked } = counting(await databases.open(context))
    const bench = await appBench(context, database)
    const { project, path, files } = await fileMany(bench, MANY)
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
      const { project, files } = await fileMany(bench, 600)
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

/** Counts what is asked of the database outside of transactions. */
function counting(database: Database): { readonly database: Database; readonly asked: () => number } {
  let count = 0
  const read = database.read.withPlugin({
    transformQuery: ({ node }) => {
      count++
      return node
    },
    transformResult: async ({ result }) => result,
  })
  return { database: { ...database, read }, asked: () => count }
}

/** Files of a project in which `user` may run gears, each in two versions. */
async function fileMany(bench: AppBench, count: number): Promise<ManyFiles> {
  const { ports } = bench
  const { project } = await makeProject(bench)
  await bench.grant("user", project, "run")
  const files = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const put = async (text: string) => (await ports.blobs.put(once(Buffer.from(text)))).digest
      const id = `f1${n.toString(16).padStart(22, "0")}`
      return { id, name: `${n}.txt`, digests: [await put(`first ${n}`), await put(`second ${n}`)] }
    }),
  )
  await ports.database.write(async ({ sql }) => {
    for (let at = 0; at < files.length; at += 500) {
      const some = files.slice(at, at + 500)
      await sql
        .insertInto("files")
        .values(
          some.map(({ id, name, digests }) => ({
            ...{ id, name, place: project, project, lineage: `${project}/`, type: null, mimetype: "text/plain" },
            ...{ modality: null, classification: "{}", tags: "[]", info: "{}", member_count: null, version: 2 },
            ...{ digest: digests[1] ?? "", size_bytes: 8, created_ms: 1, modified_ms: 1, revision: 1 },
            ...{ deleted_ms: null, deleted_by: null, deleted_with: null },
          })),
        )
        .execute()
      const versions = some.flatMap(({ id, digests }) =>
        digests.map((digest, index) => ({
          ...{ file: id, version: index + 1, digest, size_bytes: 8, created_ms: 1, created_by: "x" },
          ...{ origin: "user" as const, job: null },
        })),
      )
      await sql.insertInto("file_versions").values(versions).execute()
    }
  })
  const place = (await bench.as("admin").get(`/places/${project}`)).body
  return { project, path: place.path, files }
}
