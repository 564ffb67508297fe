import { GeartrainError } from "@geartrain/spec"
import { constants, open } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"
import { pegasusFault } from "./pegasus-fault.ts"

/** A workflow of a hundred thousand jobs has some fifty megabytes; the output of a cluster of thousands of programs, each with 256 KiB, as much. */
export const MOST_FILE_BYTES = 256 * 1024 * 1024

/**
 * The bytes of a file that belongs to a workflow of Pegasus.
 *
 * @param hint  What to do where there is none.
 * @throws {GeartrainError} PEGASUS_FILE_MISSING; PEGASUS_DOCUMENT_INVALID for what is no file, is too large or may not be read.
 */
export async function readPegasusFile(file: string, hint: string): Promise<Buffer> {
  // A named pipe would be waited for until somebody writes.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw unopened(file, hint, cause)
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw pegasusFault({ file }, "it is no regular file")
    if (stats.size > MOST_FILE_BYTES) {
      throw pegasusFault({ file }, `it has ${stats.size} bytes, and ${MOST_FILE_BYTES} are the most`)
    }
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  ELOOP: "it is a link that leads to itself",
  ENAMETOOLONG: "its name is too long",
  ENXIO: "it is no regular file",
}

/** Why a file or folder could not be opened, as far as it is the user's matter. @returns `cause` itself where it is not. */
export function unopened(file: string, hint: string, cause: unknown): unknown {
  const code = systemCode(cause) ?? ""
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new GeartrainError("PEGASUS_FILE_MISSING", `Cannot read "${file}": there is no such file`, {
      details: { file },
      hint,
      cause,
    })
  }
  const why = Object.hasOwn(UNREADABLE, code) ? UNREADABLE[code] : undefined
  return why === undefined ? cause : pegasusFault({ file }, why)
}
