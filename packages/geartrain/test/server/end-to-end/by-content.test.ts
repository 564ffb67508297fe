import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { type Digest, type Gear, type GearManifest, type JobRecord, parseManifest } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import { orderedInvocation } from "../../../src/compose/workflows/ordered-invocation.ts"
import { type BusyboxGear, busyboxMissing, manifestOf } from "../../programs/busybox-gear.ts"
import { POSTGRES_SKIP, startPostgres } from "../temporary-postgres.ts"
import { openLab } from "./lab.ts"
import { startServer } from "./server-process.ts"

const noBusybox = busyboxMissing() ?? false

/** Tells all that it sees: its config.json, and its files with their paths. */
const TELLER: BusyboxGear = {
  name: "teller",
  command:
    "cp config.json output/seen.json; mkdir output/deep; find input -type f | sort | xargs cat > output/deep/all.txt",
  config: { k: { type: "integer", default: 21 } },
  inputs: {
    first: { base: "file" },
    many: { base: "file", optional: true },
    tree: { base: "file", optional: true },
    atlas: { base: "context" },
  },
  custom: { geartrain: { inputs: { many: { takes: "files" }, tree: { takes: "folder" } } } },
}

test("what a gear is ordered to do by content is one invocation here, on the server and on its runner (SQLite)", {
  skip: noBusybox,
}, async (context) => {
  await byContent(context, [])
})

test("the same on PostgreSQL", { skip: noBusybox || POSTGRES_SKIP }, async (context) => {
  const postgres = await startPostgres()
  context.after(() => postgres.stop())
  await byContent(context, ["--database", await postgres.makeDatabase()])
})

async function byContent(context: TestContext, flags: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-content-"))
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }))
  const args = ["--port", "0", "--data", join(folder, "data"), "--slots", "2", ...flags]
  const server = await startServer(args, { home: folder })
  context.after(() => server.end("SIGKILL"))
  const lab = await openLab(() => server.address, { password: server.password ?? "", folder })
  const session = await lab.session("ses-01")
  const uploaded = async (name: string, text: string) => ({
    from: `file:${await lab.upload(session, name, Buffer.from(text))}`,
    digest: digestOf(text),
    sizeBytes: Buffer.byteLength(text),
  })
  const [a, b] = [await uploaded("a.txt", "A\n"), await uploaded("b.txt", "B\n")]
  const gear = { id: await lab.gear(TELLER), manifest: readManifest(TELLER) } as Gear
  const files = [
    { ...a, input: "first", name: "scan.nii.gz" },
    { ...b, input: "many/0000-b.txt", name: "0000-b.txt", type: "odd" },
    { ...b, input: "many/0001-b.txt", name: "0001-b.txt" },
    { ...a, input: "tree/sub/x/a.txt", name: "a.txt" },
  ]
  const here = orderedInvocation(
    { gear, config: { k: 3 }, files: knownFiles(files), contexts: { atlas: { of: ["us"] } } },
    new Map(),
  )
  const ordered = files.map(({ sizeBytes: _, ...file }) => file)
  const id = "5a00000000000000000000aa"
  await lab.submit({
    ...{ id, gear: gear.id, network: "none", config: { k: 3 }, destination: lab.project },
    byContent: { files: ordered, contexts: { atlas: { of: ["us"] } } },
  })
  const facts = await lab.ended(id)
  assert.deepEqual([facts.state, facts.attempt], ["complete", 1])
  const record = await lab.ask<JobRecord>("GET", `/jobs/${id}/record`)
  assert.deepEqual(record.invocation, here.invocation)
  assert.deepEqual([record.id, record.invocationDigest], [id, here.digest])
  assert.equal((facts as { readonly invocationDigest?: string }).invocationDigest, here.digest)
  assert.equal(await lab.text(`/jobs/${id}/output?name=deep%2Fall.txt`), "A\nB\nB\nA\n")
  const seen = await lab.text(`/jobs/${id}/output?name=seen.json`)
  assert.doesNotMatch(seen, new RegExp(`${lab.project}|${session}|${a.from.slice(5)}`), "it knows of no place")
  assert.deepEqual(
    facts.outputs?.map(({ file }) => file),
    [undefined, undefined],
  )
  const { items } = await lab.ask<{ readonly items: readonly { readonly name: string }[] }>(
    "GET",
    `/places/${lab.project}/files`,
  )
  assert.deepEqual(items, [], "nothing is filed")

  // What it put out goes on, and what was done is found.
  const all = { input: "first", from: `job:${id}/deep/all.txt`, name: "all.txt", digest: digestOf("A\nB\nB\nA\n") }
  const next = await lab.submit({ gear: gear.id, destination: lab.project, byContent: { files: [all] } })
  assert.equal((await lab.ended(next)).state, "complete")
  assert.equal(await lab.text(`/jobs/${next}/output?name=deep%2Fall.txt`), "A\nB\nB\nA\n")
  const failing = await lab.gear({ name: "failing", command: "echo why > output/why.txt; exit 3" })
  const failed = await lab.submit({ gear: failing, destination: lab.project, byContent: { files: [] } })
  assert.equal((await lab.ended(failed)).state, "failed")
  const why = await lab.ask<JobRecord>("GET", `/jobs/${failed}/record`)
  const same = async (more: object) => {
    const query = { invocations: [here.digest, why.invocationDigest], ...more }
    const found = await lab.ask<{ readonly items: readonly { readonly job: string; readonly outputs: unknown }[] }>(
      "POST",
      "/jobs/same",
      query,
    )
    return found.items.map(({ job, outputs }) => [job, outputs])
  }
  assert.deepEqual(await same({}), [[id, record.outputs]])
  assert.deepEqual(await same({ acceptExitCodes: [3] }), [
    [id, record.outputs],
    [failed, why.outputs],
  ])
  await server.end("SIGTERM")
  assert.equal(server.child.exitCode, 0, server.err())
}

function knownFiles(
  files: readonly (Omit<KnownFile, "path"> & { readonly input: string })[],
): ReadonlyMap<string, KnownFile> {
  return new Map(
    files.map(({ input, name, digest, sizeBytes, type }) => [
      input,
      { name, digest, sizeBytes, ...(type === undefined ? {} : { type }) },
    ]),
  )
}

function readManifest(gear: BusyboxGear): GearManifest {
  const read = parseManifest(Buffer.from(JSON.stringify(manifestOf(gear))))
  assert.ok(read.ok)
  return read.manifest
}

function digestOf(text: string): Digest {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`
}
