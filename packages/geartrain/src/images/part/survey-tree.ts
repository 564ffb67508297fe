import { driveTar } from "../../packing/tar/read-tar.ts"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import type { TarVisitor } from "../../packing/tar/tar-reader.ts"

/** One name of a stored tree. */
export interface SurveyedEntry {
  readonly type: "file" | "folder" | "link" | "other"
  /** Of a link. */
  readonly target?: string
  /** Of a file, and of each further name of it. */
  readonly sizeBytes: number
  /** How an executable program or script begins. */
  readonly head?: Uint8Array
}

/** All names of a tree, relative to its root, and what each is. */
export interface TreeSurvey {
  readonly entries: ReadonlyMap<string, SurveyedEntry>
  /** The further names of files, by the name under which the body comes. */
  readonly furtherNames: ReadonlyMap<string, readonly string[]>
}

/** The loader's name stands here in every program that a linker makes, and a script's interpreter before it. */
const HEAD_BYTES = 4096

/** Reads a stored tree once, for its names and for how its programs begin. */
export async function surveyTree(
  tar: AsyncIterable<Uint8Array>,
  options: { readonly reference: string; readonly signal?: AbortSignal },
): Promise<TreeSurvey> {
  const surveyor = new Surveyor()
  for await (const _ of driveTar(tar, surveyor, { place: { reference: options.reference } })) {
    options.signal?.throwIfAborted()
  }
  return surveyor
}

class Surveyor implements TarVisitor, TreeSurvey {
  readonly entries = new Map<string, SurveyedEntry>()
  readonly furtherNames = new Map<string, string[]>()
  #open: { readonly path: string; readonly sizeBytes: number; head: Buffer } | undefined

  entry(entry: TarEntry): "read" | "skip" {
    const path = plainPath(entry.path)
    const { type, size: sizeBytes } = entry
    if (path === "") return "skip"
    if (type === "hard-link") this.#furtherName(path, plainPath(entry.target))
    else if (type === "file") this.entries.set(path, { type, sizeBytes })
    else if (type === "link") this.entries.set(path, { type, target: entry.target, sizeBytes: 0 })
    else this.entries.set(path, { type: type === "folder" ? type : "other", sizeBytes: 0 })
    const isProgram = type === "file" && (entry.mode & 0o111) !== 0
    this.#open = isProgram ? { path, sizeBytes, head: Buffer.alloc(0) } : undefined
    return isProgram ? "read" : "skip"
  }

  data(bytes: Buffer): void {
    const open = this.#open
    if (open === undefined || open.head.length >= HEAD_BYTES) return
    open.head = Buffer.concat([open.head, bytes.subarray(0, HEAD_BYTES - open.head.length)])
  }

  hole(): void {
    // What no byte was written to begins nothing.
  }

  endOfFile(): void {
    const open = this.#open
    if (open !== undefined) this.entries.set(open.path, { type: "file", sizeBytes: open.sizeBytes, head: open.head })
  }

  #furtherName(path: string, first: string): void {
    const file = this.entries.get(first)
    if (file === undefined) return
    this.entries.set(path, file)
    const names = this.furtherNames.get(first) ?? []
    names.push(path)
    this.furtherNames.set(first, names)
  }
}

/** A store's tar begins names with `./`, or not; folders end with a slash. */
export function plainPath(path: string): string {
  return path
    .split("/")
    .filter((step) => step !== "" && step !== ".")
    .join("/")
}
