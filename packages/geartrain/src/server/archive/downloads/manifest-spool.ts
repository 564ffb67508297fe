import { mkdir, open, rm } from "../../../system/files.ts"
import { makeId } from "../../database/make-id.ts"
import { onUploadDisk } from "../uploads/upload-disk.ts"

/** Lines that are written first and read afterwards, however many there are. */
export interface ManifestSpool {
  readonly sizeBytes: number
  add(line: string): Promise<void>
  bytes(): AsyncGenerator<Uint8Array, void>
  close(): Promise<void>
}

/** Lines are gathered up to this size: a write for each would be one for each file. */
const GATHERED_BYTES = 64 * 1024

/** Makes a file that has no name, so that nothing is left of it when the server is killed. */
export async function openManifest(folder: string): Promise<ManifestSpool> {
  const path = `${folder}/${makeId()}`
  const file = await onUploadDisk("begin a download", async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return open(path, "wx+", 0o600)
  })
  await rm(path)
  let gathered: Buffer[] = []
  let gatheredBytes = 0
  let sizeBytes = 0
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(gathered)
    gathered = []
    gatheredBytes = 0
    await onUploadDisk("write the list of a download", () => file.appendFile(bytes))
  }
  return {
    get sizeBytes() {
      return sizeBytes
    },
    add: async (line) => {
      const bytes = Buffer.from(line)
      gathered.push(bytes)
      gatheredBytes += bytes.length
      sizeBytes += bytes.length
      if (gatheredBytes >= GATHERED_BYTES) await flush()
    },
    bytes: async function* () {
      await flush()
      const buffer = Buffer.alloc(GATHERED_BYTES)
      for (let position = 0; ; ) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
        if (bytesRead === 0) return
        position += bytesRead
        yield Buffer.from(buffer.subarray(0, bytesRead))
      }
    },
    close: () => file.close(),
  }
}
