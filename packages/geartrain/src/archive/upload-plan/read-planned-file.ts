import { join } from "node:path"
import { writeZip } from "../../packing/zip/write-zip.ts"
import { constants, type FileHandle, open, realpath } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"
import { fileChanged } from "./plan-error.ts"
import type { PlannedFile, SourceFile, UploadPlan } from "./upload-plan.ts"

const CHUNK_BYTES = 1024 * 1024

/**
 * The bytes of a planned file, `sizeBytes` of them: read as they lie, or packed while they are read. Reading it twice gives the same bytes twice, so an
 * upload that was cut goes on where it was.
 *
 * @throws {GeartrainError} UPLOAD_FILE_CHANGED when a file is gone, has another size or has become a link since it was planned.
 */
export function readPlannedFile(
  plan: Pick<UploadPlan, "folder">,
  file: PlannedFile,
  options: { readonly signal?: AbortSignal } = {},
): AsyncIterable<Uint8Array> {
  const { content } = file
  if (content.kind === "file") return readSource(plan.folder, { source: content, sizeBytes: file.sizeBytes }, options)
  const members = content.members.map(({ name, sizeBytes, source }) => ({
    ...{ name, sizeBytes },
    bytes: () => readSource(plan.folder, { source, sizeBytes }, options),
  }))
  return writeZip(members, { packing: "store", ...options })
}

async function* readSource(
  folder: string,
  { source, sizeBytes }: { readonly source: SourceFile; readonly sizeBytes: number },
  { signal }: { readonly signal?: AbortSignal },
): AsyncGenerator<Uint8Array, void> {
  const file = await openSource(folder, source)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw fileChanged(source.path, "it is no regular file any more")
    if (stats.size !== sizeBytes) throw fileChanged(source.path, `it has ${stats.size} bytes, and had ${sizeBytes}`)
    for (let position = 0; position < sizeBytes; ) {
      signal?.throwIfAborted()
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, sizeBytes - position))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
      if (bytesRead === 0) throw fileChanged(source.path, "it has become shorter while it was read")
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

async function openSource(folder: string, { path, linkedTo = path }: SourceFile): Promise<FileHandle> {
  const wanted = join(folder, linkedTo)
  try {
    // Neither the file nor a folder above it has become a link to elsewhere; what waits for a writer is not waited for.
    if ((await realpath(wanted)) !== wanted) throw fileChanged(path, "it has become a link")
    return await open(wanted, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const code = systemCode(error)
    if (code === "ENOENT" || code === "ENOTDIR") throw fileChanged(path, "it is not there any more")
    if (code === "ELOOP") throw fileChanged(path, "it has become a link")
    throw error
  }
}
