import type { Digest, JobId, JobRecord } from "@geartrain/spec"
import { MemberPaths } from "../../../packing/members/member-path.ts"
import type { PackedPiece } from "../../../packing/tar/packed-piece.ts"
import type { ListedMember, StandIn } from "../format/bundle-index.ts"

/** Bytes that a record names, and that a bundle has to have or to stand in for. */
export interface NamedBytes {
  readonly job: JobId
  readonly role: "input" | "output" | "log"
  /** What the record calls it. */
  readonly name: string
  /** What the file is called. */
  readonly file: string
  readonly sizeBytes: number
  readonly digest: Digest
  /** Where an input lay on this machine. */
  readonly lay?: string
}

/** Where bytes can be read, or why they do not travel. */
export type FoundBytes =
  | { readonly open: () => AsyncIterable<Uint8Array>; readonly changed: (problem: string) => Error }
  | { readonly why: string }

/** A member that is to be written. */
export type PlannedMember = PlannedFile | PlannedRoot

export interface PlannedFile extends Pick<ListedMember, "path" | "role"> {
  readonly open: () => AsyncIterable<Uint8Array>
  readonly expected: { readonly sizeBytes: number; readonly digest: Digest }
  /** The error for bytes that are others by now. */
  readonly changed: (problem: string) => Error
}

/** A root filesystem: its digest is that of the tree, and nobody knows its size before it is written. */
export interface PlannedRoot extends Pick<ListedMember, "path" | "role"> {
  readonly role: "root"
  readonly openPacked: () => AsyncIterable<PackedPiece>
}

/** The files of one job: where each lies in the bundle, by its name in the record. */
export interface PlannedFiles {
  readonly record: JobRecord
  readonly recordPath: string
  readonly members: readonly PlannedMember[]
  readonly standIns: readonly StandIn[]
  /** Paths of members by role and name; what stands in has none. */
  readonly paths: Readonly<Record<NamedBytes["role"], ReadonlyMap<string, string>>>
}

/** Finds a place in the bundle for every file that a record names; bytes that have a place already keep it. */
export class FilePlanner {
  readonly #find: (wanted: NamedBytes) => Promise<FoundBytes>
  readonly #paths = new MemberPaths()
  readonly #placed = new Map<Digest, string>()

  constructor(find: (wanted: NamedBytes) => Promise<FoundBytes>) {
    this.#find = find
  }

  async plan(record: JobRecord): Promise<PlannedFiles> {
    const recordPath = `jobs/${record.id}/job.json`
    this.#paths.take(recordPath)
    const members: PlannedMember[] = []
    const standIns: StandIn[] = []
    const paths = {
      input: new Map<string, string>(),
      output: new Map<string, string>(),
      log: new Map<string, string>(),
    }
    for (const wanted of namedBytes(record)) {
      const { role, name, digest, sizeBytes } = wanted
      const there = this.#placed.get(digest)
      if (there !== undefined) {
        paths[role].set(name, there)
        continue
      }
      const found = await this.#find(wanted)
      if ("why" in found) {
        const { lay: _, ...said } = wanted
        standIns.push({ ...said, why: found.why })
        continue
      }
      const path = this.#paths.takeOr(wishedPath(wanted), digest)
      this.#placed.set(digest, path)
      paths[role].set(name, path)
      members.push({ path, role, ...found, expected: { sizeBytes, digest } })
    }
    return { record, recordPath, members, standIns, paths }
  }
}

/** Everything that a record names, in the order in which a bundle has it. */
export function namedBytes(record: JobRecord): readonly NamedBytes[] {
  const { id: job, log } = record
  const inputs = Object.entries(record.invocation.inputs).flatMap(([name, input]): readonly NamedBytes[] => {
    if (input.base !== "file") return []
    const origin = record.inputs[name]
    const { name: file, digest, object } = input
    const sizeBytes = origin?.sizeBytes ?? (typeof object["size"] === "number" ? object["size"] : 0)
    const lay = origin === undefined ? {} : { lay: origin.path }
    return [{ job, role: "input", name, file, sizeBytes, digest, ...lay }]
  })
  const outputs = record.outputs.map(({ path, digest, sizeBytes }): NamedBytes => {
    return { job, role: "output", name: path, file: path.split("/").at(-1) ?? path, sizeBytes, digest }
  })
  const { digest, sizeBytes } = log ?? {}
  const logs: readonly NamedBytes[] =
    digest === undefined || sizeBytes === undefined
      ? []
      : [{ job, role: "log", name: "log", file: "log.jsonl", sizeBytes, digest }]
  return [...logs, ...sorted(inputs), ...sorted(outputs)]
}

function sorted(files: readonly NamedBytes[]): readonly NamedBytes[] {
  return files.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
}

function wishedPath({ job, role, name, file }: NamedBytes): string {
  const home = `jobs/${job}`
  if (role === "log") return `${home}/log.jsonl`
  return role === "output" ? `${home}/outputs/${name}` : `${home}/inputs/${encodeURIComponent(name)}/${file}`
}
