import { canonicalJson, type JsonObject } from "@geartrain/spec"
import { createHasher } from "../../../system/hash.ts"
import type { TreeFile } from "../folders/commit.ts"
import type { Datum } from "./datum.ts"

/** What decides the outcome of every datum of a pipeline, besides its files. */
export interface DatumCode {
  readonly gear: string
  readonly config: JsonObject
  readonly salt?: string
  readonly network?: "outbound"
}

/** Which datum it is, whatever is in its files: 64 hexadecimal digits. */
export function datumId(datum: Datum): string {
  return hexOf(datum.map(({ input, path }) => JSON.stringify([input, path])))
}

/** What a datum is and what decides its outcome: of one key, one outcome. Files marked as reference are no part of it. */
export function datumKey(datum: Datum, code: DatumCode): string {
  const lines = [canonicalJson({ ...code } as JsonObject)]
  for (const part of datum) {
    lines.push(JSON.stringify([part.input, part.to, part.path, part.emptyFiles === true]))
    if (part.reference === true) continue
    for (const file of part.files) lines.push(JSON.stringify(part.emptyFiles ? [file.path] : keyOf(file)))
  }
  return hexOf(lines)
}

/** What an archive says of a file's type is given to the gear. */
function keyOf({ path, digest, type, archive }: TreeFile): readonly string[] {
  return archive === undefined || type === undefined ? [path, digest] : [path, digest, type]
}

function hexOf(lines: readonly string[]): string {
  const hasher = createHasher()
  for (const line of lines) hasher.update(Buffer.from(`${line}\n`))
  return hasher.digest().slice("sha256:".length)
}
