import { mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import type { ImageFile } from "../../src/stores/filesystem/roots/squashfs/image-file.ts"
import { Metadata } from "../../src/stores/filesystem/roots/squashfs/metadata.ts"
import { ImageOutput } from "../../src/stores/filesystem/roots/squashfs/write/image-output.ts"
import type { FileHandle } from "../../src/system/files.ts"

/** A file to write parts of an image to, and to read them back from; it goes with the test. */
export interface ScratchImage {
  readonly handle: FileHandle
  readonly output: ImageOutput
  /** What is in the file once all is written. */
  written(): Promise<ImageFile>
  metadata(): Promise<Metadata>
  bytes(): Promise<Buffer>
}

/** @param start  Where in the file the output begins. */
export async function scratchImage(context: TestContext, start = 0): Promise<ScratchImage> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-scratch-"))
  const handle = await open(join(folder, "image"), "wx+")
  context.after(async () => {
    await handle.close()
    await rm(folder, { recursive: true })
  })
  const output = new ImageOutput(handle, start)
  const written = async (): Promise<ImageFile> => {
    await output.settle()
    return { handle, sizeBytes: (await handle.stat()).size }
  }
  return {
    handle,
    output,
    written,
    metadata: async () => new Metadata(await written()),
    bytes: async () => {
      const { sizeBytes } = await written()
      const bytes = Buffer.alloc(sizeBytes)
      await handle.read(bytes, 0, sizeBytes, 0)
      return bytes
    },
  }
}
