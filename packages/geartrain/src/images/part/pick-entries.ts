import { driveTar } from "../../packing/tar/read-tar.ts"
import type { TarEntry } from "../../packing/tar/tar-entry.ts"
import type { TarVisitor } from "../../packing/tar/tar-reader.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../../packing/tar/tar-writer.ts"
import { OutputChunks } from "../passes/output-chunks.ts"
import { plainPath, type TreeSurvey } from "./survey-tree.ts"

/** A part of a tree. */
export interface TreePart {
  /** The wanted names, relative to the root. The folders that they lie in are among them. */
  readonly names: ReadonlySet<string>
  readonly survey: Pick<TreeSurvey, "furtherNames">
  /** What the tree is called in errors. */
  readonly reference: string
}

/**
 * Writes a part of a tree, as a tar again. Each entry stays as it was; a file whose first name is not wanted comes under its next.
 *
 * A chunk is valid until the next is asked for.
 */
export async function* pickEntries(
  tar: AsyncIterable<Uint8Array>,
  part: TreePart,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array, void> {
  const output = new OutputChunks({ buffers: "reused" })
  const picker = new Picker(part, output)
  for await (const _ of driveTar(tar, picker, { place: { reference: part.reference } })) {
    options.signal?.throwIfAborted()
    yield* output.full()
  }
  output.write(END_OF_ARCHIVE)
  yield* output.all()
}

class Picker implements TarVisitor {
  readonly #part: TreePart
  readonly #output: OutputChunks
  #written: WritableEntry | undefined
  /** Where the body of a file went that had another first name. */
  readonly #moved = new Map<string, string>()

  constructor(part: TreePart, output: OutputChunks) {
    this.#part = part
    this.#output = output
  }

  entry(entry: TarEntry): "read" | "skip" {
    this.#written = this.#rewrite(entry, plainPath(entry.path))
    if (this.#written === undefined) return "skip"
    this.#output.write(encodeHeader(this.#written))
    return "read"
  }

  data(bytes: Buffer): void {
    this.#output.write(bytes)
  }

  hole(): void {
    // The header says where it is.
  }

  endOfFile(): void {
    if (this.#written !== undefined) this.#output.write(bodyPadding(this.#written))
  }

  #rewrite(entry: TarEntry, path: string): WritableEntry | undefined {
    const { names, survey } = this.#part
    if (entry.type === "hard-link") {
      const first = plainPath(entry.target)
      const target = this.#moved.get(first) ?? first
      return names.has(path) && path !== target ? { ...entry, path, target } : undefined
    }
    if (path === "" || names.has(path)) return { ...entry, path: path === "" ? "." : path }
    const name = entry.type === "file" ? survey.furtherNames.get(path)?.find((other) => names.has(other)) : undefined
    if (name === undefined) return undefined
    this.#moved.set(path, name)
    return { ...entry, path: name }
  }
}
