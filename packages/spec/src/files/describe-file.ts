import type { JsonObject } from "../json/json-value.ts"
import { fileType, mimeType } from "./file-type.ts"

/**
 * Describes a file as an invocation and config.json have it: by its name, under what the caller knows better. How large it is nobody knows better
 * than who has read it. One for the engine and for a server, so that the same files come to the same invocation.
 *
 * @param name  What the gear sees, without folders.
 * @param known  Type, modality, info …; over what the name tells.
 * @example
 *   describeFile("brain.nii.gz", 352) // => {"type":"nifti","mimetype":"application/gzip","size":352}
 */
export function describeFile(name: string, sizeBytes: number, known?: JsonObject): JsonObject {
  const type = fileType(name)
  return { ...(type === undefined ? {} : { type }), mimetype: mimeType(name), ...known, size: sizeBytes }
}
