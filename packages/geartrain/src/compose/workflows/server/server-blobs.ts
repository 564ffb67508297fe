import type { GearClient } from "@geartrain/sdk/client"
import type { Digest } from "@geartrain/spec"
import { downloadFile } from "../../../archive/transfer/download/download-file.ts"
import type { WantedContent } from "../../../archive/transfer/download/read-content.ts"
import { mkdir, rm } from "../../../system/files.ts"
import { draftPath, sweepDrafts } from "../../../system/linux/drafts.ts"
import type { Engine } from "../../open-engine.ts"
import type { StoredPlaces } from "./stored-places.ts"

/** Finds bytes as files of this machine. A file is there until another one is asked for. */
export interface LentBlobs {
  locate(digest: Digest): Promise<string | undefined>
}

export interface BlobSource {
  readonly client: GearClient
  readonly places: StoredPlaces
  /** What this machine has already is not fetched. */
  readonly engine: { readonly blobs: Pick<Engine["blobs"], "locate"> }
  readonly sizes: ReadonlyMap<Digest, number>
  readonly signal: AbortSignal
}

/**
 * Lends bytes that a server has to whoever copies them: each is fetched when it is asked for, held against its digest, and removed when the next one is.
 *
 * @param beside  Where they lie meanwhile, so that they need not be moved between disks. It is made.
 */
export async function withServerBlobs<Result>(
  { client, places, engine, sizes, signal }: BlobSource,
  beside: string,
  use: (blobs: LentBlobs) => Promise<Result>,
): Promise<Result> {
  await mkdir(beside, { recursive: true })
  await sweepDrafts(beside)
  const holding = draftPath(beside)
  await mkdir(holding, { mode: 0o700 })
  let before: string | undefined
  const locate = async (digest: Digest): Promise<string | undefined> => {
    if (before !== undefined) await rm(before, { force: true })
    before = undefined
    const own = await engine.blobs.locate(digest)
    const wanted = contentOf(digest, sizes.get(digest), places)
    if (own !== undefined || wanted === undefined) return own
    const path = `${holding}/${digest.slice("sha256:".length)}`
    await downloadFile(wanted, path, { client, signal, force: true, onBytes: () => undefined })
    before = path
    return path
  }
  try {
    return await use({ locate })
  } finally {
    await rm(holding, { recursive: true, force: true })
  }
}

function contentOf(digest: Digest, sizeBytes: number | undefined, places: StoredPlaces): WantedContent | undefined {
  const place = places.find(digest)
  if (place === undefined || sizeBytes === undefined) return undefined
  const [, kind, id, path] = /^(job|file):([0-9a-f]{24})\/?(.*)$/s.exec(place) ?? []
  if (kind === "file") return { name: digest, digest, sizeBytes, path: `/api/v1/files/${id}/content` }
  const name = path ?? ""
  return { name, digest, sizeBytes, path: `/api/v1/jobs/${id}/output?name=${encodeURIComponent(name)}` }
}
