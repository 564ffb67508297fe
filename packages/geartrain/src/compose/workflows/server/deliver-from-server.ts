import type { GearClient } from "@geartrain/sdk/client"
import type { Digest } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import { mkdir, mkdtemp, rm } from "../../../system/files.ts"
import { downloadFile } from "../../../transfer/download/download-file.ts"
import type { WantedContent } from "../../../transfer/download/read-content.ts"
import type { Engine } from "../../open-engine.ts"
import { deliverOutputs } from "../deliver-outputs.ts"
import type { StoredPlaces } from "./stored-places.ts"

type Outputs = Readonly<Record<string, readonly KnownFile[]>>

export interface DeliverySource {
  readonly client: GearClient
  readonly places: StoredPlaces
  /** What this machine has already is not fetched. */
  readonly engine: { readonly blobs: Pick<Engine["blobs"], "locate"> }
}

/**
 * Puts the files of a workflow's outputs into a folder, as `deliverOutputs` does, from where the server has them. Each is held against its digest
 * before it gets its name.
 *
 * @throws {GeartrainError} as `deliverOutputs`; BLOB_DIGEST_MISMATCH; SERVER_UNREACHABLE.
 */
export async function deliverFromServer(
  outputs: Outputs,
  source: DeliverySource,
  to: { readonly folder: string; readonly force: boolean; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { client, places, engine } = source
  const sizes = new Map(
    Object.values(outputs)
      .flat()
      .map(({ digest, sizeBytes }) => [digest, sizeBytes]),
  )
  // Beside where they go, so that they need not be moved between disks.
  await mkdir(to.folder, { recursive: true })
  const holding = await mkdtemp(`${to.folder}/.gear-`)
  let before: string | undefined
  const locate = async (digest: Digest): Promise<string | undefined> => {
    // One is asked for when the one before is in its place.
    if (before !== undefined) await rm(before, { force: true })
    before = undefined
    const own = await engine.blobs.locate(digest)
    const wanted = contentOf(digest, sizes.get(digest), places)
    if (own !== undefined || wanted === undefined) return own
    const path = `${holding}/${digest.slice("sha256:".length)}`
    await downloadFile(wanted, path, { client, signal: to.signal, force: true, onBytes: () => undefined })
    before = path
    return path
  }
  try {
    return await deliverOutputs(outputs, { blobs: { locate } }, to)
  } finally {
    await rm(holding, { recursive: true, force: true })
  }
}

function contentOf(digest: Digest, sizeBytes: number | undefined, places: StoredPlaces): WantedContent | undefined {
  const place = places.find(digest)
  if (place === undefined || sizeBytes === undefined) return undefined
  const [kind, id = "", ...path] = place.split(/[:/]/)
  const name = place.slice(`${kind}:${id}/`.length)
  const at =
    path.length === 0 ? `/api/v1/files/${id}/content` : `/api/v1/jobs/${id}/output?name=${encodeURIComponent(name)}`
  return { name: path.length === 0 ? digest : name, digest, sizeBytes, path: at }
}
