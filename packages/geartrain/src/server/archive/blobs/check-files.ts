import { type Digest, isGeartrainError } from "@geartrain/spec"
import type { Queries } from "../../database/database.ts"
import type { ArchivePorts } from "../archive-ports.ts"

/** Bytes that are damaged or gone, and the files that are hit. */
export interface DamagedBlob {
  readonly digest: string
  readonly problem: "missing" | "damaged"
  readonly versions: readonly {
    readonly file: string
    readonly version: number
    readonly name: string
    readonly place: string
    readonly project: string
  }[]
}

/** How far a check got, and what it has just found. */
export interface CheckStep {
  /** Blobs and bytes that were read so far. */
  readonly blobs: number
  readonly bytes: number
  readonly damaged?: DamagedBlob
}

/** After so many blobs there is word of a check that finds nothing. */
const BLOBS_A_STEP = 100

/**
 * Reads every byte of every version of every file, and tells those that are not what they were. Content that several have is read once.
 *
 * @returns one step for each damaged blob, some in between, and one at the end.
 */
export async function* checkFiles(
  ports: Pick<ArchivePorts, "database" | "blobs">,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<CheckStep, void> {
  let blobs = 0
  let bytes = 0
  for (let after = ""; ; ) {
    const page = await digestsAfter(ports.database.read, after)
    const last = page.at(-1)
    if (last === undefined) break
    after = last
    for (const digest of page) {
      options.signal?.throwIfAborted()
      const found = await readWhole(ports, digest as Digest)
      blobs++
      bytes += found.bytes
      const { problem } = found
      if (problem !== undefined) {
        yield { blobs, bytes, damaged: { digest, problem, versions: await versionsOf(ports.database.read, digest) } }
      } else if (blobs % BLOBS_A_STEP === 0) yield { blobs, bytes }
    }
  }
  yield { blobs, bytes }
}

async function digestsAfter(queries: Queries, after: string): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom("file_versions")
    .select("digest")
    .distinct()
    .where("digest", ">", after)
    .orderBy("digest")
    .limit(1000)
    .execute()
  return rows.map(({ digest }) => digest)
}

async function readWhole(
  ports: Pick<ArchivePorts, "blobs">,
  digest: Digest,
): Promise<{ readonly bytes: number; readonly problem?: DamagedBlob["problem"] }> {
  let bytes = 0
  try {
    for await (const chunk of ports.blobs.get(digest)) bytes += chunk.length
    return { bytes }
  } catch (error) {
    if (isGeartrainError(error, "BLOB_NOT_FOUND")) return { bytes, problem: "missing" }
    if (isGeartrainError(error, "BLOB_DIGEST_MISMATCH")) return { bytes, problem: "damaged" }
    throw error
  }
}

function versionsOf(queries: Queries, digest: string): Promise<DamagedBlob["versions"]> {
  return queries
    .selectFrom("file_versions")
    .innerJoin("files", "files.id", "file_versions.file")
    .select(["file_versions.file", "file_versions.version", "files.name", "files.place", "files.project"])
    .where("file_versions.digest", "=", digest)
    .orderBy("file_versions.file")
    .orderBy("file_versions.version")
    .limit(1000)
    .execute()
}
