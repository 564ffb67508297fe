import { posix } from "node:path"
import { decompress } from "../../packing/compression/decompress.ts"
import { type ImagePlace, imageError, isContentError } from "../../packing/place/image-place.ts"
import { driveTar } from "../../packing/tar/read-tar.ts"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import type { TarVisitor } from "../../packing/tar/tar-reader.ts"
import { walkTarFile } from "../../packing/tar/walk-tar-file.ts"
import type { UnpackBudget } from "../limits/unpack-budget.ts"
import { splitEntryPath } from "../tree/entry-path.ts"
import { readStored, type StoredBytes, storedCompression } from "./stored-layer.ts"

/** What kind of image an archive is. */
export type ArchiveKind =
  | { readonly kind: "flat" }
  /** `isCompressed`: as a whole, so its parts cannot be reached where they are. */
  | {
      readonly kind: "docker-archive" | "oci-archive"
      readonly isCompressed: boolean
      readonly members: ArchiveMembers
    }

/** Files of an archive, by their path in it. */
export interface ArchiveMembers {
  /** Where the bytes of a file are, links followed. Undefined when there is no such file. */
  find(path: string): StoredBytes | undefined
}

export interface InspectOptions {
  readonly place: ImagePlace
  readonly budget: UnpackBudget
  readonly signal?: AbortSignal
}

/**
 * Tells whether an archive is a filesystem itself, or holds an image in layers.
 *
 * Every entry of `docker save` and of an OCI archive has one of few names, and no root filesystem has those alone: so most archives are told
 * by their first entry, and for the others all headers are looked through.
 */
export async function inspectArchive(bytes: StoredBytes, options: InspectOptions): Promise<ArchiveKind> {
  const { place } = options
  const isCompressed = (await storedCompression(bytes, place)) !== "none"
  const index = new MemberIndex(bytes, place)
  try {
    await readIndex(index, isCompressed, { bytes, ...options })
  } catch (error) {
    // Reading it as a whole tells better what is wrong, and where.
    if (isContentError(error)) return { kind: "flat" }
    throw error
  }
  if (index.isFlat) return { kind: "flat" }
  if (index.find("manifest.json") !== undefined) return { kind: "docker-archive", isCompressed, members: index }
  const isOci = index.find("oci-layout") !== undefined && index.find("index.json") !== undefined
  return isOci ? { kind: "oci-archive", isCompressed, members: index } : { kind: "flat" }
}

async function readIndex(
  index: MemberIndex,
  isCompressed: boolean,
  { bytes, place, budget, signal }: InspectOptions & { readonly bytes: StoredBytes },
): Promise<void> {
  const reader = { place, mayEndAnywhere: true }
  if (!isCompressed) return walkTarFile(bytes, index, { ...reader, isEnough: () => index.isFlat })
  const stream = counted(decompress(readStored(bytes, signal), place), budget)
  for await (const _ of driveTar(stream, index, reader)) if (index.isFlat) return
}

async function* counted(stream: AsyncIterable<Buffer>, budget: UnpackBudget): AsyncGenerator<Buffer, void> {
  for await (const chunk of stream) {
    budget.unpacked(chunk.length)
    yield chunk
  }
}

/**
 * Names in an archive of layers: those of docker save (which is what podman, skopeo, kaniko and jib write too), and those of an OCI layout.
 *
 * @see moby, image/tarexport; OCI image specification 1.1, image-layout.md
 */
const ARCHIVE_NAMES = [
  /^(manifest\.json|repositories|oci-layout|index\.json|config\.json|version)$/,
  /^blobs(\/[a-z0-9]+(\/[0-9a-f]+)?)?$/,
  /^(sha256:)?[0-9a-f]{12,64}(\.json|\.tar|\.tar\.gz)?$/,
  /^[0-9a-f]{64}\/(VERSION|json|layer\.tar)$/,
]

const MOST_MEMBERS = 100_000
const MOST_LINKS = 8

type Member = { readonly bytes: StoredBytes } | { readonly target: string }

class MemberIndex implements TarVisitor, ArchiveMembers {
  isFlat = false
  readonly #archive: StoredBytes
  readonly #place: ImagePlace
  readonly #members = new Map<string, Member>()

  constructor(archive: StoredBytes, place: ImagePlace) {
    this.#archive = archive
    this.#place = place
  }

  entry(entry: TarEntry): "skip" {
    if (this.isFlat) return "skip"
    const path = entry.path.replace(/^(\.\/+)+/, "").replace(/\/+$/, "")
    if (path === "" || path === ".") return "skip"
    const isKnown = ARCHIVE_NAMES.some((pattern) => pattern.test(path)) && this.#members.size < MOST_MEMBERS
    if (isKnown) this.#add(entry)
    else this.isFlat = true
    return "skip"
  }

  /** Never called: no body is wanted. */
  data(): void {
    throw new TypeError("The index of an archive reads no bodies")
  }

  hole(): void {
    this.data()
  }

  endOfFile(): void {
    this.data()
  }

  find(path: string): StoredBytes | undefined {
    let at = path
    for (let links = 0; links <= MOST_LINKS; links++) {
      const member = this.#members.get(at)
      if (member === undefined) return undefined
      if ("bytes" in member) return member.bytes
      at = posix.join(posix.dirname(at), member.target)
    }
    return undefined
  }

  #add(entry: TarEntry): void {
    if (entry.type === "folder") return
    const rules = { place: this.#place, maxDepth: 8, leadingSlash: "refused" } as const
    const path = splitEntryPath(entry.path, entry.path, rules).join("/")
    if (this.#members.has(path)) {
      const hint = "Save the image again into a new archive"
      throw imageError("IMAGE_ENTRY_TWICE", this.#place, {
        entry: path,
        offset: entry.offset,
        problem: "is there twice",
        hint,
      })
    }
    if (entry.type === "link" || entry.type === "hard-link") {
      // The target of a hard link is a path from the top of the archive.
      const target = entry.type === "link" ? entry.target : posix.relative(posix.dirname(path), entry.target)
      this.#members.set(path, { target })
    } else if (entry.type === "file" && entry.segments === undefined) {
      const start = this.#archive.start + entry.bodyOffset
      this.#members.set(path, { bytes: { path: this.#archive.path, start, sizeBytes: entry.size } })
    }
  }
}
