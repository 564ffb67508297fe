import type { FileHandle } from "../../../system/files.ts"
import { writeAt } from "../../../system/write-at.ts"

/** So many bytes at most are waited for at the end. Less would have the disk write the file's length again and again. */
const SYNC_BYTES = 32 * 1024 * 1024

/**
 * Writes a file from its beginning to its end, while the disk already takes what came before: so that whoever syncs the file at the end waits
 * for little.
 */
export class SteadyFile {
  readonly #file: FileHandle
  #position = 0
  #unsynced = 0
  #writing: Promise<void> = Promise.resolve()
  #syncing: Promise<void> | undefined

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** Answers when all before these bytes are written: they are still the file's then, until the next call has answered. */
  async append(bytes: Uint8Array): Promise<void> {
    await this.#writing
    this.#writing = writeAt(this.#file, bytes, this.#position)
    // It is waited for above and below, perhaps after another has failed.
    this.#writing.catch(() => undefined)
    this.#position += bytes.length
    this.#unsynced += bytes.length
    if (this.#unsynced >= SYNC_BYTES && this.#syncing === undefined) this.#sync()
  }

  /** Leaves bytes free, and answers with where they are. */
  skip(length: number): number {
    const position = this.#position
    this.#position += length
    return position
  }

  /** Writes what was left free. */
  async fill(bytes: Uint8Array, position: number): Promise<void> {
    await this.#writing
    await writeAt(this.#file, bytes, position)
  }

  /** Waits until nothing is under way. What the disk could not take is an error here, since it is told once only. */
  async end(): Promise<void> {
    await this.#writing
    await this.#syncing
  }

  #sync(): void {
    this.#unsynced = 0
    const syncing = this.#file.datasync().then(() => {
      this.#syncing = undefined
    })
    syncing.catch(() => undefined)
    this.#syncing = syncing
  }
}
