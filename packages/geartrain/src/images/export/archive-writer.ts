import { PLAIN_FOLDER } from "../../packing/tar/plain-folder.ts"
import { BLOCK_BYTES, blockPadding } from "../../packing/tar/tar-header.ts"
import { END_OF_ARCHIVE, encodeFileBlock, encodeHeader } from "../../packing/tar/tar-writer.ts"
import type { FileHandle } from "../../system/files.ts"
import { writeAt } from "../../system/write-at.ts"

/**
 * Writes an archive of a few large files into an open file.
 *
 * A file whose name and size are known only when it is written leaves its header free and fills it in afterwards: so a layer of many
 * gigabytes, named by its digest, is written once.
 */
export class ArchiveWriter {
  readonly #file: FileHandle
  #position = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  async folder(path: string): Promise<void> {
    await this.#write(encodeHeader({ ...PLAIN_FOLDER, path }))
  }

  async file(path: string, bytes: Uint8Array): Promise<void> {
    await this.stream(async (write) => {
      await write(bytes)
      return path
    })
  }

  /** @param produce  Writes the body, and answers with the file's path. */
  async stream(produce: (write: (bytes: Uint8Array) => Promise<void>) => Promise<string>): Promise<void> {
    const header = this.#position
    this.#position += BLOCK_BYTES
    const start = this.#position
    const path = await produce((bytes) => this.#write(bytes))
    const size = this.#position - start
    await this.#write(Buffer.alloc(blockPadding(size)))
    await writeAt(this.#file, encodeFileBlock(path, size), header)
  }

  async end(): Promise<void> {
    await this.#write(END_OF_ARCHIVE)
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await writeAt(this.#file, bytes, this.#position)
    this.#position += bytes.length
  }
}
