import {
  type Digest,
  gearId,
  invocationDigest,
  isEnded,
  type JobId,
  type JobRecord,
  type JsonObject,
  type Platform,
  parseJson,
  StepBudget,
  type TreeDigest,
  validateDraft04,
} from "@geartrain/spec"
import { JOB_RECORD_SCHEMA } from "@geartrain/spec/schemas"
import { sha256 } from "../../../system/hash.ts"
import { BUNDLE_HINTS, bundleError } from "../format/bundle-error.ts"
import type { ListedGear, StandIn } from "../format/bundle-index.ts"
import { namedBytes } from "../write/plan-files.ts"
import type { Bundle } from "./open-bundle.ts"

/** A record holds no bytes, only names: the largest have some hundred thousand of them. */
const MOST_RECORD_BYTES = 64 * 1024 * 1024
const MOST_RECORD_VALUES = 2_000_000
/** A record with a hundred thousand outputs takes a tenth of it. */
const MOST_STEPS = 100_000_000
/** As for manifests. */
const MOST_DOCUMENT_BYTES = 8 * 1024 * 1024

/** A gear as the bundle describes it. That its root filesystem is that tree is for whoever reads it to see. */
export interface BundledGear extends ListedGear {
  readonly tree: TreeDigest
  readonly platform: Platform
}

export interface BundledRecords {
  readonly gears: readonly BundledGear[]
  readonly records: readonly JobRecord[]
}

/**
 * Reads the documents of a bundle, and makes sure that they agree: gear ids and invocation digests are computed again, and whatever a record names
 * is a member or has a stand-in.
 *
 * @throws {GeartrainError} BUNDLE_INCONSISTENT; BUNDLE_DAMAGED
 */
export async function readRecords(bundle: Bundle): Promise<BundledRecords> {
  const gears: BundledGear[] = []
  for (const listed of bundle.index.gears) gears.push(await readGear(bundle, listed))
  const held = heldBytes(bundle)
  const records: JobRecord[] = []
  for (const { id, record: path } of bundle.index.jobs) {
    const record = await readRecord(bundle, path)
    if (record.id !== id) throw disagree(bundle, path, `it is the record of job ${record.id}, and the index says ${id}`)
    checkRecord(bundle, { path, record, gears, held })
    records.push(record)
  }
  if (new Set(records.map(({ id }) => id)).size !== records.length)
    throw disagree(bundle, undefined, "it has two records of one job")
  return { gears, records }
}

async function readGear(bundle: Bundle, listed: ListedGear): Promise<BundledGear> {
  const { document: path, root } = listed
  const document = (await readJson(bundle, path, MOST_DOCUMENT_BYTES)) as Readonly<Record<string, unknown>>
  const { platform, tree, manifest } = document
  const isGear = typeof platform === "string" && typeof tree === "string" && typeof manifest === "object"
  if (!isGear || manifest === null) throw disagree(bundle, path, "it does not describe a gear")
  const gear = { platform: platform as Platform, tree: tree as TreeDigest, manifest: manifest as JsonObject }
  const id = gearId(gear, sha256)
  if (id !== listed.id || document["id"] !== id)
    throw disagree(bundle, path, `what it says gives gear ${id}, and the index says ${listed.id}`)
  if (!bundle.index.members.some((member) => member.path === root && member.role === "root"))
    throw disagree(bundle, root, "it is to be the root filesystem of a gear, and is not listed as one")
  return { ...listed, ...gear }
}

async function readRecord(bundle: Bundle, path: string): Promise<JobRecord> {
  const document = await readJson(bundle, path, MOST_RECORD_BYTES)
  const [fault] = validateDraft04(JOB_RECORD_SCHEMA, document, { budget: new StepBudget(MOST_STEPS) })
  if (fault !== undefined)
    throw disagree(bundle, path, `it is not the record of a job: ${fault.path.join(".")}: ${fault.problem}`)
  return document as unknown as JobRecord
}

interface CheckedRecord {
  readonly path: string
  readonly record: JobRecord
  readonly gears: readonly BundledGear[]
  readonly held: (job: JobId, role: StandIn["role"]) => ReadonlySet<Digest>
}

function checkRecord(bundle: Bundle, { path, record, gears, held }: CheckedRecord): void {
  if (!isEnded(record.state)) throw disagree(bundle, path, `the job is ${record.state}, and has not ended`)
  const invocation = invocationDigest(record.invocation, sha256)
  if (invocation !== record.invocationDigest)
    throw disagree(bundle, path, `its invocation gives ${invocation}, and it says ${record.invocationDigest}`)
  if (record.invocation.gear !== record.gear.id) throw disagree(bundle, path, "its invocation is of another gear")
  const gear = gears.find(({ id }) => id === record.gear.id)
  if (gear === undefined) throw disagree(bundle, path, `gear ${record.gear.id} is not in the bundle`)
  if (gear.tree !== record.gear.tree) throw disagree(bundle, path, "its gear has another tree digest in the bundle")
  for (const { role, name, digest } of namedBytes(record)) {
    if (held(record.id, role).has(digest)) continue
    const problem = `${role} ${JSON.stringify(name.slice(0, 200))}, ${digest}, is neither in the bundle nor stood in for`
    throw disagree(bundle, path, problem)
  }
}

/** Bytes that are in the bundle, or stood in for, by job and role. */
function heldBytes(bundle: Bundle): CheckedRecord["held"] {
  const members = bundle.index.members.flatMap(({ digest }) => digest ?? [])
  const sets = new Map<string, ReadonlySet<Digest>>()
  return (job, role) => {
    const key = `${job} ${role}`
    const known = sets.get(key)
    if (known !== undefined) return known
    const standIns = bundle.index.standIns.filter((one) => one.job === job && one.role === role)
    const made = new Set([...members, ...standIns.map(({ digest }) => digest)])
    sets.set(key, made)
    return made
  }
}

async function readJson(bundle: Bundle, path: string, mostBytes: number): Promise<JsonObject> {
  if (!bundle.index.members.some((member) => member.path === path))
    throw bundleError("BUNDLE_MEMBER_MISSING", bundle.path, {
      member: path,
      problem: "the index needs it, and does not list it",
    })
  const text = await bundle.readText(path, mostBytes)
  const parsed = parseJson(text, { maxBytes: mostBytes, maxValues: MOST_RECORD_VALUES })
  if (!parsed.ok) throw disagree(bundle, path, `it is no JSON: ${parsed.faults[0]?.problem ?? "it cannot be read"}`)
  const value = parsed.document.value
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw disagree(bundle, path, "it is no JSON object")
  return value as JsonObject
}

function disagree(bundle: Bundle, member: string | undefined, problem: string): Error {
  return bundleError("BUNDLE_INCONSISTENT", bundle.path, {
    ...(member === undefined ? {} : { member }),
    problem,
    hint: BUNDLE_HINTS.notHonest,
  })
}
