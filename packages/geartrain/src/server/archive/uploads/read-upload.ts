import type { Caller } from "../../people/caller.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { needUpload, type Upload, uploadOf } from "./upload.ts"

/** How far an upload got. @throws {GeartrainError} UPLOAD_NOT_FOUND */
export async function getUpload(ports: ArchivePorts, caller: Caller, id: string): Promise<Upload> {
  return uploadOf(await needUpload(ports, caller, id))
}
