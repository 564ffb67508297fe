import {
  canonicalJson,
  type Digest,
  type GearId,
  isDigest,
  type JobId,
  type JsonObject,
  type JsonValue,
  parseJson,
} from "@geartrain/spec"
import { versionOf } from "./frame-table.ts"

export const BUNDLE_FORMAT = "geartrain-bundle/2"
const VERSION = 2
export const INDEX_PATH = "index.json"
export const SIGNATURE_PATH = "signature.json"

export const MEMBER_ROLES = ["gear", "root", "record", "log", "input", "output", "citation", "crate", "page"] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

export interface ListedMember {
  readonly path: string
  readonly role: MemberRole
  readonly sizeBytes: number
  /** Absent, from version 2 on, for the root filesystem of a gear: its witness is the gear's tree digest, which has to be computed in any case. */
  readonly digest?: Digest
}

/** What takes the place of bytes that do not travel. */
export interface StandIn {
  readonly job: JobId
  readonly role: "input" | "output" | "log"
  /** What the record calls it. */
  readonly name: string
  /** What the file is called. */
  readonly file: string
  readonly sizeBytes: number
  readonly digest: Digest
  /** Why it does not travel, in a sentence. */
  readonly why: string
}

export interface ListedGear {
  readonly id: GearId
  readonly name: string
  readonly version: string
  /** Paths of members. */
  readonly document: string
  readonly root: string
}

export interface ListedJob {
  readonly id: JobId
  /** Path of a member. */
  readonly record: string
}

/** What is in a bundle. It is what gets signed. */
export interface BundleIndex {
  /** `geartrain-bundle/1` for one that was written before. */
  readonly format: string
  readonly title: string
  readonly gears: readonly ListedGear[]
  readonly jobs: readonly ListedJob[]
  readonly members: readonly ListedMember[]
  readonly standIns: readonly StandIn[]
}

export function encodeIndex(index: BundleIndex): Buffer {
  return Buffer.from(`${canonicalJson(index as unknown as JsonObject)}\n`)
}

/** A hundred thousand members have 25 MiB. */
export const MOST_INDEX_BYTES = 256 * 1024 * 1024

/** An index that was read, or what is wrong with it. */
export type IndexResult =
  | { readonly ok: true; readonly index: BundleIndex }
  | { readonly ok: false; readonly fault: "newer" | "wrong"; readonly problem: string }

export function parseIndex(text: string): IndexResult {
  const parsed = parseJson(text, { maxBytes: MOST_INDEX_BYTES, maxValues: 8_000_000, maxDepth: 8 })
  if (!parsed.ok) return wrong(`it is no JSON: ${parsed.faults[0]?.problem ?? "it cannot be read"}`)
  const document = parsed.document.value as JsonObject
  const version = versionOf(document?.["format"], "geartrain-bundle/")
  if (version === undefined) return wrong(`it is of no format ${BUNDLE_FORMAT}`)
  if (version > VERSION) return { ok: false, fault: "newer", problem: `it is of version ${version}` }
  const faulty = Object.entries(LISTS).find(([name, rules]) => !isListOf(document[name], rules))
  if (faulty !== undefined) return wrong(`its ${faulty[0]} are not as the format has them`)
  if (typeof document["title"] !== "string") return wrong("it has no title")
  const index = document as unknown as BundleIndex
  const unseen = withoutWitness(index, version)
  if (unseen !== undefined) return wrong(`it has no digest for ${JSON.stringify(unseen.path.slice(0, 200))}`)
  return { ok: true, index }
}

/** A member whose bytes nothing in the index tells of. */
function withoutWitness({ gears, members }: BundleIndex, version: number): ListedMember | undefined {
  const roots = new Set(version === 1 ? [] : gears.map(({ root }) => root))
  return members.find(({ path, role, digest }) => digest === undefined && !(role === "root" && roots.has(path)))
}

type Rule = (value: JsonValue | undefined) => boolean

const isText: Rule = (value) => typeof value === "string"
const isDigestText: Rule = (value) => typeof value === "string" && isDigest(value)
const isSize: Rule = (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0
const isJobId: Rule = (value) => typeof value === "string" && /^[0-9a-f]{24}$/.test(value)

const LISTS: Readonly<Record<"gears" | "jobs" | "members" | "standIns", Readonly<Record<string, Rule>>>> = {
  gears: { id: isDigestText, name: isText, version: isText, document: isText, root: isText },
  jobs: { id: isJobId, record: isText },
  members: {
    path: isText,
    role: (value) => MEMBER_ROLES.some((role) => role === value),
    sizeBytes: isSize,
    digest: (value) => value === undefined || isDigestText(value),
  },
  standIns: {
    job: isJobId,
    role: (value) => value === "input" || value === "output" || value === "log",
    name: isText,
    file: isText,
    sizeBytes: isSize,
    digest: isDigestText,
    why: isText,
  },
}

function isListOf(list: JsonValue | undefined, rules: Readonly<Record<string, Rule>>): boolean {
  if (!Array.isArray(list)) return false
  return (list as readonly JsonValue[]).every((item) => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) return false
    const object = item as JsonObject
    return Object.entries(rules).every(([name, rule]) => rule(Object.hasOwn(object, name) ? object[name] : undefined))
  })
}

function wrong(problem: string): IndexResult {
  return { ok: false, fault: "wrong", problem }
}
