import { GeartrainError } from "@geartrain/spec"
import { open } from "../../../system/files.ts"
import { pegasusFault } from "../pegasus-fault.ts"

/** Kickstart keeps the last 256 KiB of what a program printed, and a cluster has thousands of programs. */
const MOST_BYTES = 256 * 1024 * 1024

/**
 * What a job printed. Bytes that are no UTF-8 are replaced: programs print what they like.
 *
 * @throws {GeartrainError} PEGASUS_FILE_MISSING, PEGASUS_DOCUMENT_INVALID where it is too large.
 */
export async function readJobOutput(file: string): Promise<string> {
  const handle = await open(file, "r").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause
    throw new GeartrainError("PEGASUS_FILE_MISSING", `Cannot read "${file}": there is no such file`, {
      details: { file },
      hint: "Name a file such as job.out.000 of the submit folder",
      cause,
    })
  })
  try {
    const { size } = await handle.stat()
    if (size > MOST_BYTES) throw pegasusFault({ file }, `it has ${size} bytes, and ${MOST_BYTES} are the most`)
    return (await handle.readFile()).toString("utf8")
  } finally {
    await handle.close()
  }
}
