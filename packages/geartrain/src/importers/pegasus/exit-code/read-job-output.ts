import { readPegasusFile } from "../read-pegasus-file.ts"

/**
 * What a job printed. Bytes that are no UTF-8 are replaced: programs print what they like.
 *
 * @throws {GeartrainError} PEGASUS_FILE_MISSING, PEGASUS_DOCUMENT_INVALID for what cannot be read.
 */
export async function readJobOutput(file: string): Promise<string> {
  const bytes = await readPegasusFile(file, "Name a file such as job.out.000 of the submit folder")
  return bytes.toString("utf8")
}
