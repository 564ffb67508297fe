import { isPlaceId } from "@geartrain/spec/archive"
import { nowMs } from "../../../system/clock.ts"
import { lstat, readdir, rm } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import type { ArchivePorts } from "../archive-ports.ts"
import { dropRow } from "./finish-upload.ts"
import { uploadPath } from "./upload.ts"

/** A file is made just before its row: younger ones may be of an upload that begins. */
const STRAY_MS = 3600_000

/**
 * Forgets uploads that nobody went on with, and removes what lies among uploads and is none.
 *
 * @returns how many went.
 */
export async function expireUploads(ports: ArchivePorts): Promise<number> {
  const { read } = ports.database
  const expired = await read
    .selectFrom("uploads")
    .select("id")
    .where("expires_ms", "<=", nowMs())
    .limit(10_000)
    .execute()
  for (const { id } of expired) await dropRow(ports, id)
  let gone = expired.length
  for (const name of await namesIn(ports.uploadFolder)) {
    if (!isPlaceId(name)) continue
    const row = await read.selectFrom("uploads").select("state").where("id", "=", name).executeTakeFirst()
    if (row?.state === "open" || !(await isOld(uploadPath(ports, name)))) continue
    await rm(uploadPath(ports, name), { force: true })
    gone++
  }
  return gone
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    // Nobody has uploaded anything yet.
    if (systemCode(error) === "ENOENT") return []
    throw error
  }
}

async function isOld(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).mtimeMs < nowMs() - STRAY_MS
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false
    throw error
  }
}
