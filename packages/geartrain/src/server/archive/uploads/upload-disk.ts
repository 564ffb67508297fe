import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { systemCode } from "../../../system/system-code.ts"

/** Runs something that touches the disk of uploads, and explains what the disk refuses. */
export async function onUploadDisk<Result>(doing: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw diskError(error, doing)
  }
}

function diskError(error: unknown, doing: string): unknown {
  if (isGeartrainError(error)) return error
  const code = systemCode(error)
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(doing, error)
  if (code === "EIO" || code === "EROFS" || code === "EACCES" || code === "ESTALE") {
    return new GeartrainError("STORE_FAILED", `Cannot ${doing}: the server's disk refuses it (${code})`, {
      cause: error,
    })
  }
  return error
}

/** Said when the disk of the server has no room. */
export function diskFull(doing: string, cause?: unknown): GeartrainError {
  return new GeartrainError("STORE_FULL", `Cannot ${doing}: the server's disk is full`, {
    hint: "Try again when an admin has made room: what was received until then is kept",
    ...(cause === undefined ? {} : { cause }),
  })
}
