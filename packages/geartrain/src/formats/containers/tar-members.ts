import { basename } from "node:path"
import { driveTar } from "../../packing/tar/read-tar.ts"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import { HOLE_PIECE_BYTES, type TarVisitor } from "../../packing/tar/tar-reader.ts"
import { createHasher, type Hasher } from "../../system/hash.ts"
import type { FileSource } from "../file-source.ts"
import { UnfitFile } from "../unfit-file.ts"
import type { Member } from "./compare-members.ts"
import { faultsAsUnfit } from "./packing-faults.ts"
import type { AsideFile, SetAside } from "./set-aside.ts"
import type { UnpackBudget } from "./unpack-budget.ts"

/** The list of so many takes some 100 MB; the root filesystem of a gear has 22,000. */
const MOST_MEMBERS = 200_000

/** What a tar says of a member beside its content. */
export const MEMBER_FACTS = ["type", "time", "mode", "owner", "target", "device number", "extended attributes"] as const

export interface TarMember extends Member {
  /** Where the content begins, if it lies there in one piece. */
  readonly bodyOffset: number | undefined
}

export type TarMembers = ReadonlyMap<string, TarMember>

/**
 * Lists an archive, in its order. Of two members with one name the second is told as another.
 *
 * @throws {UnfitFile} when it is no tar, damaged, cut short, or has too many members.
 */
export async function tarMembers(source: FileSource, budget: UnpackBudget): Promise<TarMembers> {
  const lister = new Lister(budget)
  await visit(source, lister)
  return lister.members
}

/** Copies the content of some members out of the archive, as far as there is room for it. */
export async function setMembersAside(
  source: FileSource,
  names: ReadonlySet<string>,
  { aside, budget }: { readonly aside: SetAside; readonly budget: UnpackBudget },
): Promise<ReadonlyMap<string, FileSource>> {
  if (names.size === 0) return new Map()
  const copier = new Copier(names, budget)
  const kept = new Map<string, FileSource>()
  let file: AsideFile | undefined
  await visit(source, copier, async () => {
    for (const { name, bytes } of copier.takePieces()) {
      file ??= await aside.begin(basename(name))
      if (bytes !== undefined) await file.append(bytes)
      else {
        const whole = file.end()
        if (whole !== undefined) kept.set(name, whole)
        file = undefined
      }
    }
  })
  return kept
}

async function visit(source: FileSource, visitor: TarVisitor, afterEach?: () => Promise<void>): Promise<void> {
  const place = { reference: source.name }
  await faultsAsUnfit(place, async () => {
    for await (const _ of driveTar(source.chunks(), visitor, { place })) await afterEach?.()
  })
}

/** Names with the number of the entry, where there is more than one of a name. */
class EntryNames {
  readonly #seen = new Map<string, number>()

  next({ path }: TarEntry): string {
    const name = path.replace(/\/+$/, "").replace(/^(\.\/)+(?=.)/, "")
    let count = (this.#seen.get(name) ?? 0) + 1
    const numbered = (): string => (count === 1 ? name : `${name} (entry ${count} of this name)`)
    // A member may have a name that looks like one of ours: none takes the place of another.
    while (count > 1 && this.#seen.has(numbered())) count += 1
    const given = numbered()
    this.#seen.set(given, 1)
    this.#seen.set(name, count)
    return given
  }
}

class Lister implements TarVisitor {
  readonly members = new Map<string, TarMember>()
  readonly #names = new EntryNames()
  readonly #budget: UnpackBudget
  #file: { readonly name: string; readonly entry: TarEntry; readonly hasher: Hasher } | undefined

  constructor(budget: UnpackBudget) {
    this.#budget = budget
  }

  entry(entry: TarEntry): "read" | "skip" {
    if (this.members.size >= MOST_MEMBERS) throw new UnfitFile(`it has more than ${MOST_MEMBERS} members`)
    const name = this.#names.next(entry)
    if (entry.type === "file") {
      this.#file = { name, entry, hasher: createHasher() }
      return "read"
    }
    this.#add(name, entry, "")
    return "skip"
  }

  data(bytes: Buffer): void {
    this.#file?.hasher.update(bytes)
  }

  hole(sizeBytes: number): void {
    this.#budget.take(sizeBytes)
    this.#file?.hasher.update(ZEROS.subarray(0, sizeBytes))
  }

  endOfFile(): void {
    if (this.#file !== undefined) this.#add(this.#file.name, this.#file.entry, this.#file.hasher.digest())
    this.#file = undefined
  }

  #add(name: string, entry: TarEntry, checksum: string): void {
    const bodyOffset = entry.segments === undefined ? entry.bodyOffset : undefined
    this.members.set(name, { name, sizeBytes: entry.size, checksum, facts: factsOf(entry), bodyOffset })
  }
}

function factsOf(entry: TarEntry): readonly string[] {
  const attributes = [...entry.xattrs].map(([name, value]) => `${name}=${Buffer.from(value).toString("hex")}`)
  return [
    entry.type,
    new Date(entry.mtime * 1000).toJSON() ?? `${entry.mtime} s`,
    entry.mode.toString(8).padStart(4, "0"),
    `${entry.uid}:${entry.gid}`,
    entry.target,
    entry.type.endsWith("-device") ? `${entry.major}:${entry.minor}` : "",
    attributes.toSorted().join(" "),
  ]
}

const ZEROS = Buffer.alloc(HOLE_PIECE_BYTES)

/** A piece of a member that is set aside. */
interface Piece {
  readonly name: string
  /** Undefined at its end. */
  readonly bytes: Buffer | undefined
}

class Copier implements TarVisitor {
  readonly #wanted: ReadonlySet<string>
  readonly #names = new EntryNames()
  readonly #budget: UnpackBudget
  #pieces: Piece[] = []
  #name = ""

  constructor(wanted: ReadonlySet<string>, budget: UnpackBudget) {
    this.#wanted = wanted
    this.#budget = budget
  }

  takePieces(): readonly Piece[] {
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  entry(entry: TarEntry): "read" | "skip" {
    this.#name = this.#names.next(entry)
    return entry.type === "file" && this.#wanted.has(this.#name) ? "read" : "skip"
  }

  data(bytes: Buffer): void {
    // Valid during the call only, and written after it.
    this.#pieces.push({ name: this.#name, bytes: Buffer.from(bytes) })
  }

  hole(sizeBytes: number): void {
    this.#budget.take(sizeBytes)
    this.#pieces.push({ name: this.#name, bytes: ZEROS.subarray(0, sizeBytes) })
  }

  endOfFile(): void {
    this.#pieces.push({ name: this.#name, bytes: undefined })
  }
}
