import assert from "node:assert/strict"
import { sha256 } from "../../../src/system/hash.ts"
import { type AppBench, appBench } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { makeProject } from "../people/make-project.ts"
import { manifestOf } from "./queue-bench.ts"
import { finishNext, registerManifest, runnerOf } from "./run-by-hand.ts"

const GATHER = manifestOf("gather", {
  inputs: { texts: { base: "file" } },
  custom: { geartrain: { inputs: { texts: { takes: "files" } } } },
})
const ID = "5a0000000000000000000001"

onDatabases((databases) => {
  databases.test("jobs by content are ordered, run, found again and read over HTTP", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const { project } = await makeProject(bench)
    await bench.grant("user", project, "run")
    const gear = await registerManifest(bench, GATHER)
    const user = bench.as("user")
    const bytes = Buffer.from("some text")
    const uploaded = await user.put(`/places/${project}/files/a.txt`, bytes)
    const file = { digest: sha256(bytes), from: `file:${uploaded.body.file.id}`, name: "a.txt", input: "texts/a.txt" }
    const order = { id: ID, gear, destination: project, network: "none", byContent: { files: [file] } }

    const refusals = [
      { ...order, id: "not-an-id" },
      { ...order, inputs: {} },
      { ...order, keys: [] },
      { ...order, byContent: {} },
      { ...order, byContent: { files: [{ ...file, digest: "sha256:short" }] } },
      { ...order, byContent: { files: [{ ...file, name: "n".repeat(256) }] } },
      { ...order, byContent: { files: [{ ...file, from: "f".repeat(4201) }] } },
      { ...order, byContent: { files: [file], contexts: [] } },
    ]
    for (const [index, refused] of refusals.entries())
      assert.equal((await user.post("/jobs", refused)).body.code, "REQUEST_INVALID", String(index))
    assert.equal((await bench.as("other").post("/jobs", order)).body.code, "INPUT_NOT_FOUND")

    const ordered = await user.post("/jobs", order)
    assert.deepEqual([ordered.status, ordered.body.job?.id, ordered.body.job?.byContent], [201, ID, true], ordered.text)
    assert.deepEqual(
      [(await user.post("/jobs", order)).body.how, (await user.get("/jobs")).body.items.length],
      ["repeated", 1],
    )
    assert.equal(
      (await bench.as("other").post("/jobs", { ...order, byContent: { files: [] } })).body.code,
      "JOB_ID_TAKEN",
    )
    const facts = await user.get(`/jobs/${ID}`)
    assert.equal(facts.body.inputs[0].file, uploaded.body.file.id, facts.text)
    assert.equal((await user.get(`/jobs/${ID}/record`)).body.code, "JOB_RECORD_NOT_FOUND")

    const record = { format: "geartrain-job/1", id: ID, invocationDigest: facts.body.invocationDigest }
    const text = Buffer.from(JSON.stringify(record))
    const claimed = await finishNext(bench, { record: text, outputs: { "sub/out.txt": bytes } })
    assert.deepEqual(
      [claimed.destination, claimed.inputs[0]?.place, claimed.inputs[0]?.digest],
      [undefined, undefined, file.digest],
    )
    const read = await user.get(`/jobs/${ID}/record`)
    assert.deepEqual([read.status, read.body, read.headers["content-type"]], [200, record, "application/json"])
    assert.equal((await bench.as("other").get(`/jobs/${ID}/record`)).body.code, "JOB_NOT_FOUND")
    const query = { invocations: [facts.body.invocationDigest, file.digest] }
    const same = await user.post("/jobs/same", query)
    assert.deepEqual([same.body.unasked, same.body.items[0]?.job], [[], ID], same.text)
    assert.deepEqual(same.body.items[0].outputs, [
      { path: "sub/out.txt", digest: file.digest, sizeBytes: 9, type: "text", output: "main", executable: true },
    ])
    assert.deepEqual((await bench.as("other").post("/jobs/same", query)).body.items, [])
    for (const invocations of [[], ["x"], Array.from({ length: 1001 }, () => file.digest)])
      assert.equal((await user.post("/jobs/same", { invocations })).body.code, "REQUEST_INVALID")
    // Nothing was filed, and what was put out is read of the job.
    assert.deepEqual(
      (await ports(bench).selectFrom("files").select("name").execute()).map(({ name }) => name),
      ["a.txt"],
    )
    assert.equal((await user.get(`/jobs/${ID}/output?name=sub%2Fout.txt`)).text, "some text")
    // Flywheel's clients see the job, and inputs of no place are none to them.
    const theirs = await user.get(`/api/jobs/${ID}/detail`)
    assert.deepEqual([theirs.status, theirs.body.inputs], [200, {}], theirs.text)
  })

  databases.test("as many files as a job takes are ordered at once", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const { project } = await makeProject(bench)
    await bench.grant("user", project, "run")
    const gear = await registerManifest(bench, GATHER)
    const user = bench.as("user")
    const bytes = Buffer.from("x")
    const { file } = (await user.put(`/places/${project}/files/a.txt`, bytes)).body
    const files = Array.from({ length: 50_000 }, (_, n) => {
      const name = `${"n".repeat(60)}-${n}.txt`
      return { digest: sha256(bytes), from: `file:${file.id}@1`, name, input: `texts/${name}` }
    })
    const ordered = await user.post("/jobs", { gear, destination: project, byContent: { files } })
    assert.equal(ordered.status, 201, ordered.text.slice(0, 1000))
    // A runner with room for both is told of one at a time.
    assert.equal((await user.post("/jobs", { gear, destination: project, byContent: { files } })).status, 201)
    const runner = await runnerOf(bench)
    const claims = [await runner.claim(2), await runner.claim(2), await runner.claim(2)]
    assert.deepEqual(
      claims.map((jobs) => jobs.map(({ inputs }) => inputs.length)),
      [[50_000], [50_000], []],
    )
    const more = { gear, destination: project, byContent: { files: [...files, files[0]] } }
    assert.equal((await user.post("/jobs", more)).body.code, "REQUEST_INVALID")
  })
})

const ports = (bench: AppBench) => bench.ports.database.read
