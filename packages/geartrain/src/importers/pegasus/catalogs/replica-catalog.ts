import {
  asMap,
  faultAt,
  inside,
  type JsonMap,
  mapsIn,
  neededText,
  optionalSize,
  optionalText,
  optionalTruth,
  type Place,
} from "../place.ts"
import { type Metadata, readChecksum, readMetadata } from "../workflow/hooks.ts"
import type { PegasusDocument } from "../yaml/pegasus-document.ts"

/** One place where the bytes of a file lie. */
export interface Pfn {
  readonly site: string
  /** A URL, or a path on the site. */
  readonly pfn: string
}

export interface Replica {
  readonly lfn: string
  readonly pfns: readonly Pfn[]
  /** The lfn is a pattern, and `[0]` … in a pfn stand for what it catches. */
  readonly regex: boolean
  readonly sha256?: string
  readonly sizeBytes?: number
  readonly metadata: Metadata
}

/** Which files are there already, and where. */
export interface ReplicaCatalog {
  readonly files: ReadonlyMap<string, Replica>
  readonly patterns: readonly Replica[]
}

export const NO_REPLICAS: ReplicaCatalog = { files: new Map(), patterns: [] }

/** @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID. */
export function readReplicaCatalog(document: PegasusDocument): ReplicaCatalog {
  const place: Place = { document }
  return document.value === null ? NO_REPLICAS : readReplicaEntries(asMap(document.value, place), place)
}

/** Reads a catalog that is a file of its own, or part of a workflow. */
export function readReplicaEntries(map: JsonMap, place: Place): ReplicaCatalog {
  return collectReplicas(mapsIn(map, "replicas", place).map(({ entry, at }) => readReplica(entry, at)))
}

/** Entries of one name are one file with several places. */
export function collectReplicas(replicas: Iterable<Replica>): ReplicaCatalog {
  const files = new Map<string, Replica>()
  const patterns: Replica[] = []
  for (const replica of replicas) {
    if (replica.regex) {
      patterns.push(replica)
      continue
    }
    const before = files.get(replica.lfn)
    files.set(replica.lfn, before === undefined ? replica : mergeReplica(before, replica))
  }
  return { files, patterns }
}

/** @param catalogs  The first to know a file's checksum and metadata is believed. */
export function joinReplicas(catalogs: readonly ReplicaCatalog[]): ReplicaCatalog {
  return collectReplicas(catalogs.flatMap(({ files, patterns }) => [...files.values(), ...patterns]))
}

function mergeReplica(before: Replica, more: Replica): Replica {
  const pfns = more.pfns.filter(
    ({ site, pfn }) => !before.pfns.some((known) => known.site === site && known.pfn === pfn),
  )
  return { ...more, ...before, pfns: [...before.pfns, ...pfns] }
}

function readReplica(map: JsonMap, place: Place): Replica {
  const regex = optionalTruth(map, "regex", place) ?? false
  const lfn = neededText(map, "lfn", place)
  const sha256 = readChecksum(map["checksum"], inside(place, "checksum"))
  const sizeBytes = optionalSize(map, "size", place)
  if (regex && compilePattern(lfn) === undefined)
    throw faultAt(inside(place, "lfn"), `"${lfn}" is no regular expression`)
  return {
    lfn,
    pfns: mapsIn(map, "pfns", place).map(({ entry, at }) => ({
      site: optionalText(entry, "site", at) ?? "local",
      pfn: neededText(entry, "pfn", at),
    })),
    regex,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    metadata: readMetadata(map["metadata"], inside(place, "metadata")),
  }
}

/** The longest name that patterns are tried on. */
export const MOST_PATTERN_NAME = 256

/** A pattern whose matching could take for ever is none: no group is repeated, and at most four things may be of any length. */
export function compilePattern(pattern: string): RegExp | undefined {
  if (pattern.length > 1000 || /\)[+*{]/.test(pattern)) return undefined
  if ((pattern.match(/[+*}]/g) ?? []).length > 4) return undefined
  try {
    return new RegExp(`^(?:${pattern})$`, "u")
  } catch {
    // Whoever asks says what is wrong, and where.
    return undefined
  }
}
