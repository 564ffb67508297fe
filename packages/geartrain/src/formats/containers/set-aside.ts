import { join } from "node:path"
import { type FileHandle, open, rm } from "../../system/files.ts"
import { readChunks } from "../../system/read-chunks.ts"
import { systemCode } from "../../system/system-code.ts"
import { makeTemporaryFolder } from "../../system/temporary-folder.ts"
import type { FileSource } from "../file-source.ts"
import { UnfitFile } from "../unfit-file.ts"

/** A temporary file of this size finds room on most machines; what does not fit is not looked into. */
const MOST_BYTES = 4 * 1024 * 1024 * 1024

/** A file that is being set aside. */
export interface AsideFile {
  /** @throws {UnfitFile} when the disk is full. */
  append(bytes: Uint8Array): Promise<void>
  /** Undefined when there was no room for all of it. */
  end(): FileSource | undefined
}

/** Keeps bytes that come once and are wanted more often, in one temporary file. One member is written after the other. */
export class SetAside {
  #folder: string | undefined
  #file: FileHandle | undefined
  #position = 0
  readonly #mostBytes: number

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes
  }

  async begin(name: string): Promise<AsideFile> {
    this.#folder ??= await makeTemporaryFolder("geartrain-diff-")
    this.#file ??= await open(this.#path, "wx", 0o600)
    const from = this.#position
    let isWhole = true
    return {
      append: async (bytes) => {
        isWhole &&= this.#position + bytes.length <= this.#mostBytes
        if (isWhole) await this.#write(bytes)
        // The place of one that is too large is free for the next.
        else this.#position = from
      },
      end: () => (isWhole ? this.#source(name, from, this.#position) : undefined),
    }
  }

  /** Removes the temporary file. */
  async close(): Promise<void> {
    await this.#file?.close()
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
  }

  #source(name: string, from: number, to: number): FileSource {
    const part = (start: number, end: number): AsyncIterable<Uint8Array> =>
      readChunks(this.#path, { start: from + start, end: Math.min(from + end, to) })
    return { name, chunks: () => part(0, to - from), part }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const written = await this.#file?.write(bytes, done, bytes.length - done, this.#position + done)
        done += written?.bytesWritten ?? 0
      }
    } catch (error) {
      if (systemCode(error) !== "ENOSPC") throw error
      throw new UnfitFile("the folder for temporary files has no room for its members")
    }
    this.#position += bytes.length
  }

  get #path(): string {
    return join(this.#folder ?? "", "members")
  }
}
