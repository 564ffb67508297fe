import type { SaveRequest } from "../../../src/server/archive/files/save-files.ts"
import { saveFiles } from "../../../src/server/archive/files/save-files.ts"
import type { StoredFile } from "../../../src/server/archive/files/server-file.ts"
import { findPlace } from "../../../src/server/archive/places/find-place.ts"
import type { Database } from "../../../src/server/database/database.ts"
import { digestOf } from "./archive-bench.ts"

/** Saves files whose bytes are in no store into a place, each with its content, and answers them in that order. */
export async function saveAt(
  database: Database,
  place: string,
  files: Readonly<Record<string, string>>,
  more: Partial<Pick<SaveRequest, "byUser" | "origin" | "job">> = {},
): Promise<readonly StoredFile[]> {
  return database.write(async (write) => {
    const found = await findPlace(write.sql, place)
    if (found === undefined) throw new Error("there is no such place")
    const saved = await saveFiles(write, {
      ...{ place: found, byUser: "writer", origin: "user", ...more },
      files: Object.entries(files).map(([name, content]) => ({
        ...{ name, digest: digestOf(content), sizeBytes: Buffer.byteLength(content) },
      })),
    })
    return saved.map(({ file }) => file)
  })
}
