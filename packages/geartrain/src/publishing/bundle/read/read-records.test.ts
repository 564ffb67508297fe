import assert from "node:assert/strict"
import { test } from "node:test"
import { type Digest, invocationDigest, type JobRecord } from "@geartrain/spec"
import { sampleGear } from "../../../../test/publishing/catalogue/sample-gear.ts"
import { digest, job, jobId } from "../../../../test/stores/records/sample-records.ts"
import { sha256 } from "../../../system/hash.ts"
import type { BundleIndex, ListedMember } from "../format/bundle-index.ts"
import { planBundle } from "../write/plan-bundle.ts"
import type { FoundBytes, NamedBytes } from "../write/plan-files.ts"
import type { Bundle } from "./open-bundle.ts"
import { readRecords } from "./read-records.ts"

const GEAR = sampleGear("1.0.0")
const OUTPUT = Buffer.from("an output")
const AWAY = digest(7)

/** A job of the sample gear that has ended, with an output that travels and an input that does not. */
function recordOf(number: number, changes: Partial<JobRecord> = {}): JobRecord {
  const plain = job(number, { state: "complete" })
  const { tree, platform, origin } = GEAR
  const invocation = {
    ...{ ...plain.invocation, gear: GEAR.id },
    inputs: { scan: { base: "file", name: "scan.nii", digest: AWAY, object: {} } },
  } as JobRecord["invocation"]
  return {
    ...plain,
    gear: { id: GEAR.id, name: "sample", version: "1.0.0", platform, tree, origin },
    ...{ invocation, invocationDigest: invocationDigest(invocation, sha256) },
    inputs: { scan: { path: "/home/ann/scan.nii", sizeBytes: 3 } },
    outputs: [{ path: "map.nii", digest: sha256(OUTPUT), sizeBytes: OUTPUT.length }],
    ended: "2026-02-03T00:00:00.000Z",
    ...changes,
  }
}

async function find({ role }: NamedBytes): Promise<FoundBytes> {
  if (role === "input") return { why: "It is of a person" }
  return { open: () => chunkOf(OUTPUT), changed: (problem) => new Error(problem) }
}

async function* chunkOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function planOf(records: readonly JobRecord[]) {
  const root = () => {
    throw new TypeError("no root is read for a plan")
  }
  return planBundle({ records, gears: new Map([[GEAR.id, GEAR]]), root, find, description: {} })
}

interface Changes {
  /** Texts that somebody has written in the place of others. */
  readonly texts?: (path: string, text: string) => string
  readonly index?: (index: BundleIndex) => BundleIndex
}

/** The bundle that a plan makes, as it is read. */
async function bundleOf(records: readonly JobRecord[], { texts, index }: Changes = {}): Promise<Bundle> {
  const { members, ...plan } = await planOf(records)
  const written = new Map<string, string>()
  const listed: ListedMember[] = []
  for (const member of members) {
    const { path, role } = member
    const expected = "expected" in member ? member.expected : { sizeBytes: 1 }
    listed.push({ path, role, ...expected })
    if (!("open" in member) || role === "output") continue
    const pieces: Uint8Array[] = []
    for await (const piece of member.open()) pieces.push(piece)
    const text = Buffer.concat(pieces).toString("utf8")
    written.set(path, texts?.(path, text) ?? text)
  }
  const plain = { format: "geartrain-bundle/2", ...plan, members: listed } as BundleIndex
  return {
    ...{ path: "r.gtz", sizeBytes: 1, index: index?.(plain) ?? plain, indexDigest: digest(1) },
    read: (path) => chunkOf(Buffer.from(written.get(path) ?? "")) as AsyncIterable<Buffer>,
    readText: async (path) => written.get(path) ?? "",
    close: async () => undefined,
  }
}

test("a bundle reads as the records and gears that it was planned of, the earliest job first", async () => {
  const bundle = await bundleOf([recordOf(2), recordOf(1), recordOf(2)])
  const { gears, records } = await readRecords(bundle)
  assert.deepEqual(
    records.map(({ id }) => id),
    [jobId(1), jobId(2)],
  )
  assert.equal(records[0]?.inputs["scan"]?.path, "scan.nii", "where it lay is nobody's business")
  assert.deepEqual(
    gears.map(({ id, tree, platform, name }) => [id, tree, platform, name]),
    [[GEAR.id, GEAR.tree, GEAR.platform, "sample"]],
  )
})

test("the same material gives the same plan, in whatever order it came, with every text of a member as it is expected", async () => {
  const textsOf = async (records: readonly JobRecord[]): Promise<readonly string[]> => {
    const { members } = await planOf(records)
    const texts: string[] = []
    for (const member of members) {
      if (!("open" in member)) continue
      const pieces: Uint8Array[] = []
      for await (const piece of member.open()) pieces.push(piece)
      assert.equal(sha256(Buffer.concat(pieces)), member.expected.digest, member.path)
      texts.push(`${member.path}: ${Buffer.concat(pieces)}`)
    }
    return texts
  }
  const texts = await textsOf([recordOf(1), recordOf(2)])
  assert.deepEqual(await textsOf([recordOf(2), recordOf(1)]), texts)
  assert.doesNotMatch(texts.join("\n"), /ann|2020-01-01/, "no word of whose disk it was, or when the gear was imported")
  const paths = texts.map((text) => text.slice(0, text.indexOf(":")))
  for (const path of ["citation.txt", "citation.bib", "ro-crate-metadata.json", "index.html"])
    assert.ok(paths.includes(path), path)
})

test("a stand-in says of what stays away what a reader needs, and why", async () => {
  const { standIns } = await planOf([recordOf(1)])
  assert.deepEqual(standIns, [
    {
      ...{ job: jobId(1), role: "input", name: "scan", file: "scan.nii", sizeBytes: 3, digest: AWAY },
      why: "It is of a person",
    },
  ])
})

async function refused(changes: Changes, problem: RegExp, code = "BUNDLE_INCONSISTENT"): Promise<void> {
  const bundle = await bundleOf([recordOf(1)], changes)
  await assert.rejects(readRecords(bundle), { code, message: problem })
}

/** Changes the JSON of members of a kind. */
function rewriting(isMeant: RegExp, change: (document: Record<string, unknown>) => object): Changes {
  return { texts: (path, text) => (isMeant.test(path) ? JSON.stringify(change(JSON.parse(text))) : text) }
}

test("a gear that does not say what its id was made of is refused", async () => {
  const gear = (change: (document: Record<string, unknown>) => object): Changes => rewriting(/gear\.json$/, change)
  const another = /what it says gives gear sha256:[0-9a-f]{64}, and the index says sha256:/
  await refused(
    gear((document) => ({ ...document, platform: "linux/arm64" })),
    another,
  )
  await refused(
    gear((document) => ({ ...document, id: digest(9) })),
    another,
  )
  await refused(
    gear(({ manifest: _, ...document }) => document),
    /it does not describe a gear$/,
  )
  await refused(
    gear((document) => ({ ...document, manifest: null })),
    /it does not describe a gear$/,
  )
})

test("a record that does not agree with itself or its gear is refused", async () => {
  const record = (change: (document: Record<string, unknown>) => object): Changes =>
    rewriting(/^jobs\/.*\.json$/, change)
  await refused(
    record((one) => ({ ...one, state: "running" })),
    /the job is running, and has not ended$/,
  )
  await refused(
    record((one) => ({ ...one, id: jobId(5) })),
    /it is the record of job 0*5, and the index says 0*1$/,
  )
  await refused(
    record((one) => ({ ...one, invocationDigest: digest(9) })),
    /its invocation gives sha256:/,
  )
  await refused(
    record(({ command: _, ...one }) => one),
    /it is not the record of a job: /,
  )
  const gear = { ...recordOf(1).gear }
  await refused(
    record((one) => ({ ...one, gear: { ...gear, tree: digest(9) } })),
    /another tree digest in the bundle$/,
  )
  await refused(
    record((one) => ({ ...one, gear: { ...gear, id: digest(9) } })),
    /its invocation is of another gear$/,
  )
})

test("an output that is neither a member nor stood in for is refused by its name", async () => {
  const outputs = [{ path: "other\u001b.nii", digest: digest(99), sizeBytes: 1 }]
  const claim = rewriting(/^jobs\/.*\.json$/, (one) => ({ ...one, outputs }))
  await refused(claim, /output "other\\u001b\.nii", sha256:0*63, is neither in the bundle nor stood in for$/)
  const unlisted: Changes = { index: (index) => ({ ...index, standIns: [] }) }
  await refused(unlisted, /input "scan", sha256:0*7, is neither in the bundle nor stood in for$/)
})

test("what stands in for another job or in another role does not count", async () => {
  const changing = (change: { readonly job?: string; readonly role?: "log" }): Changes => ({
    index: (index) => ({ ...index, standIns: index.standIns.map((one) => ({ ...one, ...change })) }),
  })
  await refused(changing({ job: jobId(2) }), /neither in the bundle nor stood in for$/)
  await refused(changing({ role: "log" }), /neither in the bundle nor stood in for$/)
})

test("documents that are missing, no JSON or no objects are refused", async () => {
  const record = (text: string): Changes => ({ texts: (path, old) => (/^jobs\/.*\.json$/.test(path) ? text : old) })
  await refused(record("{"), /it is no JSON: /)
  await refused(record("[]"), /it is no JSON object$/)
  await refused(record("null"), /it is no JSON object$/)
  const without = (isMeant: RegExp): Changes => ({
    index: (index) => ({ ...index, members: index.members.filter(({ path }) => !isMeant.test(path)) }),
  })
  await refused(without(/^jobs\/.*\.json$/), /the index needs it, and does not list it$/, "BUNDLE_MEMBER_MISSING")
  await refused(without(/root\.tar$/), /it is to be the root filesystem of a gear, and is not listed as one$/)
})

test("two records of one job are refused, and so is a job whose gear is not there", async () => {
  await refused({ index: (index) => ({ ...index, jobs: [...index.jobs, ...index.jobs] }) }, /two records of one job$/)
  const gone = new RegExp(`gear ${GEAR.id satisfies Digest} is not in the bundle$`)
  await refused({ index: (index) => ({ ...index, gears: [] }) }, gone)
})
