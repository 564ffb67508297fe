import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { appendUpload, type IncomingBytes } from "./append-upload.ts"
import { createUpload, type UploadRequest } from "./create-upload.ts"
import { dropRow, type FinishedUpload, finishUpload } from "./finish-upload.ts"

/**
 * Uploads a file in one stream: all of it, or nothing.
 *
 * @throws {GeartrainError} what `createUpload`, `appendUpload` and `finishUpload` throw.
 */
export async function uploadWhole(
  ports: ArchivePorts,
  caller: Caller,
  request: UploadRequest & { readonly bytes: IncomingBytes },
): Promise<FinishedUpload> {
  const { id } = await createUpload(ports, caller, request)
  try {
    await appendUpload(ports, caller, { id, offset: 0, bytes: request.bytes })
    return await finishUpload(ports, caller, id)
  } catch (error) {
    await dropRow(ports, id)
    throw error
  }
}
