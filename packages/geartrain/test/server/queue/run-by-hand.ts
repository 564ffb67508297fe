import assert from "node:assert/strict"
import type { ClaimedJob } from "@geartrain/spec/server"
import { makeRunnerToken } from "../../../src/server/people/tokens/runner-tokens.ts"
import { sha256 } from "../../../src/system/hash.ts"
import type { AppBench, Client } from "../app-bench.ts"
import { person } from "../open-access.ts"

/** Registers a gear that is nothing but its manifest, and answers its id. */
export async function registerManifest(bench: AppBench, manifest: object): Promise<string> {
  const image = Buffer.from(JSON.stringify(manifest))
  await bench.as("admin").put(`/gears/images/${sha256(image)}`, image)
  const gear = await bench.as("admin").post("/gears", { image: sha256(image) })
  assert.equal(gear.status, 201, gear.text)
  return gear.body.id
}

const HELLO = {
  ...{ name: "one", host: "here", slots: 2, labels: {}, capabilities: [], versions: {} },
  machine: { cpus: 2, memoryBytes: 1e9, gpus: 0 },
}

/** A runner with room for two jobs, which does what a test says. */
export interface HandRunner {
  /** Below the API: where it speaks of its jobs. */
  readonly at: string
  readonly client: Client
  claim(free: number): Promise<readonly ClaimedJob[]>
}

export async function runnerOf(bench: AppBench): Promise<HandRunner> {
  const admin = person(bench.id("admin"), { siteAdmin: true })
  const { token } = await makeRunnerToken(bench.ports, admin, { label: "fleet" })
  const client = bench.showing({ authorization: `Bearer ${token}` })
  const at = `/runners/${(await client.post("/runners/hello", HELLO)).body.runner}`
  return {
    ...{ at, client },
    claim: async (free) => (await client.post(`${at}/claim`, { free, waitMs: 0 })).body.jobs,
  }
}

/** Takes the next job that waits, as a runner does, reads what goes in, and completes it with these outputs. */
export async function finishNext(
  bench: AppBench,
  made: { readonly record?: Buffer; readonly outputs: Readonly<Record<string, Buffer>> },
): Promise<ClaimedJob> {
  const { at, client: runner, claim } = await runnerOf(bench)
  const [job] = await claim(1)
  assert.ok(job)
  const asJob = bench.showing({ authorization: `Bearer ${job.token}` })
  for (const { digest } of job.inputs) assert.equal(sha256((await asJob.get(`/blobs/${digest}`)).bytes), digest)
  const { record, outputs } = made
  for (const bytes of [...Object.values(outputs), ...(record === undefined ? [] : [record])])
    assert.ok((await asJob.put(`/blobs/${sha256(bytes)}`, bytes)).status < 300)
  const finished = await runner.post(`${at}/jobs/${job.job}/1/finish`, {
    ...{ state: "complete", exitCode: 0, logChunks: 0 },
    ...(record === undefined ? {} : { recordDigest: sha256(record) }),
    outputs: Object.entries(outputs).map(([name, bytes]) => ({
      ...{ name, digest: sha256(bytes), sizeBytes: bytes.length },
      ...{ type: "text", output: "main", executable: true },
    })),
  })
  assert.equal(finished.status, 200, finished.text)
  return job
}
