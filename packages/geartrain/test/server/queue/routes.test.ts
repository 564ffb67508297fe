import assert from "node:assert/strict"
import { makeRunnerToken } from "../../../src/server/people/tokens/runner-tokens.ts"
import { makeExpiry } from "../../../src/server/queue/attempts/expire-leases.ts"
import { sha256 } from "../../../src/system/hash.ts"
import { appBench } from "../app-bench.ts"
import { onDatabases } from "../on-databases.ts"
import { person } from "../open-access.ts"
import { manifestOf } from "./queue-bench.ts"

const HELLO = {
  name: "one",
  host: "here",
  slots: 2,
  labels: {},
  capabilities: [],
  versions: {},
  machine: { cpus: 2, memoryBytes: 1e9, gpus: 0 },
}

onDatabases((databases) => {
  databases.test("a gear is registered, a job ordered, run and read over HTTP", async (context) => {
    const bench = await appBench(context, await databases.open(context))
    const { ports } = bench
    const admin = bench.as("admin")
    const image = Buffer.from(JSON.stringify(manifestOf("noop")))
    const digest = sha256(image)
    assert.equal((await admin.put(`/gears/images/${digest}`, Buffer.from("other"))).body.code, "UPLOAD_UNFIT")
    assert.equal((await admin.put(`/gears/images/${digest}`, image)).status, 201)
    assert.equal((await bench.as("user").post("/gears", { image: digest })).status, 403)
    const gear = await admin.post("/gears", { image: digest })
    assert.equal(gear.status, 201, gear.text)
    assert.equal((await admin.get("/gears/noop@1.0.0")).body.id, gear.body.id)
    assert.equal((await admin.get("/gears")).body.items.length, 1)
    assert.equal((await admin.get("/gears/noop/invocation-schema")).body.type, "object")
    assert.deepEqual((await admin.get("/gears/noop/image")).bytes, image)

    const project = await makeProject(bench)
    await bench.grant("user", project, "run")
    const user = bench.as("user")
    const key = { headers: { "idempotency-key": "k1" } }
    const order = { gear: "noop", destination: project }
    const submitted = await user.post("/jobs", order, key)
    assert.equal(submitted.status, 201, submitted.text)
    const { id } = submitted.body.job
    assert.equal((await user.post("/jobs", order, key)).status, 200)
    assert.equal((await user.get(`/jobs/${id}`)).body.waiting.reason, "WAITING_FOR_RUNNER")
    assert.equal((await bench.as("other").get(`/jobs/${id}`)).status, 404)

    const { token } = await makeRunnerToken(ports, person(bench.id("admin"), { siteAdmin: true }), { label: "fleet" })
    const runner = bench.showing({ authorization: `Bearer ${token}` })
    const hello = await runner.post("/runners/hello", HELLO)
    assert.equal(hello.status, 200, hello.text)
    const at = `/runners/${hello.body.runner}`
    const claimed = await runner.post(`${at}/claim`, { free: 1, waitMs: 1000 })
    assert.equal(claimed.status, 200, claimed.text)
    const [job] = claimed.body.jobs
    assert.equal(job.job, id)
    const asJob = bench.showing({ authorization: `Bearer ${job.token}` })
    assert.deepEqual((await asJob.get(`/blobs/${job.gear.imageDigest}`)).bytes, image)
    const part = await asJob.get(`/blobs/${job.gear.imageDigest}`, { headers: { range: "bytes=1-3" } })
    assert.deepEqual([part.status, part.text], [206, image.toString().slice(1, 4)])
    const answer = Buffer.from("the answer")
    assert.equal((await asJob.put(`/blobs/${sha256(answer)}`, Buffer.from("no"))).body.code, "UPLOAD_UNFIT")
    assert.equal((await asJob.put(`/blobs/${sha256(answer)}`, answer)).status, 201)
    assert.equal((await asJob.head(`/blobs/${sha256(answer)}`)).status, 200)
    assert.equal((await user.get(`/blobs/${sha256(answer)}`)).status, 403)
    // What it made is not among what it reads.
    assert.equal((await asJob.get(`/blobs/${sha256(answer)}`)).status, 404)
    const log = await runner.put(`${at}/jobs/${id}/1/logs/0`, Buffer.from("hello\nwörld\n"))
    assert.deepEqual([log.status, log.body], [200, { cancel: false }])
    const tooLarge = await runner.put(`${at}/jobs/${id}/1/logs/1`, Buffer.alloc(1024 * 1024 + 1))
    assert.equal(tooLarge.status, 413)
    const beat = await runner.post(`${at}/heartbeat`, {
      jobs: [{ job: id, attempt: 1, phase: "executing" }],
      free: 1,
      draining: false,
    })
    assert.equal(beat.body.jobs[0].verdict, "go on")
    const deep = Buffer.from("in a folder")
    assert.equal((await asJob.put(`/blobs/${sha256(deep)}`, deep)).status, 201)
    const outputs = [
      { name: "answer.txt", digest: sha256(answer), sizeBytes: answer.length },
      { name: "maps/ä.txt", digest: sha256(deep), sizeBytes: deep.length },
    ]
    // As much as the contract allows, and then more.
    const many = Array.from({ length: 100_000 }, (_, n) => ({ ...outputs[0], name: `${n}-${"n".repeat(200)}.txt` }))
    const metadata = { project: { info: { text: "m".repeat(16 * 1024 * 1024 - 64) } } }
    const large = { state: "complete", exitCode: 0, outputs: many, logChunks: 5, metadata }
    const refused = await runner.post(`${at}/jobs/${id}/1/finish`, large)
    assert.equal(refused.body.code, "LOG_CHUNKS_MISSING", refused.text.slice(0, 500))
    const tooMany = { ...large, outputs: [...many, ...outputs] }
    assert.equal((await runner.post(`${at}/jobs/${id}/1/finish`, tooMany)).body.code, "REQUEST_INVALID")
    const tooLong = { ...large, message: "x".repeat(64 * 1024 * 1024) }
    assert.equal((await runner.post(`${at}/jobs/${id}/1/finish`, tooLong)).body.code, "REQUEST_TOO_LARGE")
    const finish = { state: "complete", exitCode: 0, outputs, logChunks: 1 }
    const finished = await runner.post(`${at}/jobs/${id}/1/finish`, finish)
    assert.equal(finished.status, 200, finished.text)
    assert.deepEqual((await runner.post(`${at}/jobs/${id}/1/finish`, finish)).body, finished.body)
    assert.equal((await runner.post(`${at}/jobs/${id}/2/finish`, finish)).body.code, "ATTEMPT_STALE")
    assert.equal((await asJob.head(`/blobs/${sha256(answer)}`)).status, 401)

    const facts = await user.get(`/jobs/${id}`)
    assert.equal(facts.body.state, "complete", facts.text)
    assert.equal(facts.body.outputs[0].version, 1)
    const file = await ports.database.read.selectFrom("files").selectAll().executeTakeFirstOrThrow()
    assert.deepEqual([file.name, file.digest, file.id], ["answer.txt", sha256(answer), facts.body.outputs[0].file])
    const output = (name: string, more = "") => `/jobs/${id}/output?name=${encodeURIComponent(name)}${more}`
    assert.equal((await user.get(output("answer.txt"))).text, "the answer")
    assert.equal((await user.get(output("maps/ä.txt", "&attempt=1"))).text, "in a folder")
    const piece = await user.get(output("maps/ä.txt"), { headers: { range: "bytes=3-" } })
    assert.deepEqual([piece.status, piece.text], [206, "a folder"])
    assert.equal((await user.get(output("maps"))).body.code, "JOB_OUTPUT_NOT_FOUND")
    assert.equal((await user.get(output("answer.txt", "&attempt=2"))).body.code, "JOB_OUTPUT_NOT_FOUND")
    assert.equal((await bench.as("other").get(output("answer.txt"))).body.code, "JOB_NOT_FOUND")
    assert.equal((await user.get(`/jobs/${id}/logs?after=6`)).text, "wörld\n")
    const stream = (await user.get(`/jobs/${id}/logs/stream`, { headers: { "last-event-id": "6" } })).text
    assert.match(stream, /id: 13\nevent: text\ndata: \{.*"text":"wörld\\n"\}/)
    assert.match(stream, /event: end\ndata: \{"attempt":1,"state":"complete"\}/)
    assert.deepEqual((await user.get(`/jobs/${id}/config.json`)).body.destination, { type: "project", id: project })
    assert.equal((await user.get("/jobs?state=complete&tag=noop")).body.items.length, 1)
    assert.equal(await makeExpiry(ports)(), 0)
    const limit = await admin.put("/queue/limits/user/*", { running: 5 })
    assert.deepEqual(limit.body, { kind: "user", subject: "*", running: 5, revision: 1 })
    assert.equal(
      (await admin.put("/queue/limits/user/*", { running: 6 }, { headers: { "if-match": '"9"' } })).status,
      409,
    )
    assert.equal((await admin.get("/runners")).body.items[0].state, "ready")
  })
})

async function makeProject(bench: Awaited<ReturnType<typeof appBench>>): Promise<string> {
  const admin = bench.as("admin")
  const group = await admin.post("/groups", { id: "lab", label: "Lab" })
  assert.equal(group.status, 201, group.text)
  const project = await admin.post("/places", { type: "project", parent: "lab", label: "Memory" })
  assert.equal(project.status, 201, project.text)
  return project.body.id
}
