import { answered, type GearClient } from "@geartrain/sdk/client"
import { type Digest, type Gear, GeartrainError, isDevelopmentVersion, isGeartrainError } from "@geartrain/spec"
import { exportGear } from "../../compose/gears/export-gear.ts"
import type { Engine } from "../../compose/open-engine.ts"
import { createReadStream, open, rm } from "../../system/files.ts"
import { hashOpenFile } from "../../system/hash-file.ts"

export interface SentGear {
  /** `unchanged`: the server had it, and no byte of its image was sent. */
  readonly outcome: "new" | "unchanged"
  readonly state: "enabled" | "disabled"
  /** Of the image; 0 when none was sent. */
  readonly sentBytes: number
}

/**
 * Brings a gear to a server, unless it is there: its image as a flat tar with zstd, from which the server finds out itself which gear it is.
 *
 * @throws {GeartrainError} ROOT_NOT_FOUND; NOT_PERMITTED; GEAR_EXISTS; BLOB_DIGEST_MISMATCH when the server makes another gear of the image.
 */
export async function sendGear(
  gear: Gear,
  { client, engine }: { readonly client: GearClient; readonly engine: Engine },
  { signal, onSend }: { readonly signal: AbortSignal; readonly onSend: (sizeBytes: number) => void },
): Promise<SentGear> {
  const there = await gearThere(client, gear.id)
  if (there !== undefined) {
    // One in development may have been replaced by another of its name since: registered again, it is the one that the name means.
    if (isDevelopmentVersion(gear.manifest.version)) await register(client, gear, there.image.digest as Digest)
    return { outcome: "unchanged", state: there.state, sentBytes: 0 }
  }
  const path = await engine.stores.home.temporary()
  try {
    await exportGear(gear, engine, { as: "tar", to: path, compression: "zstd", signal })
    const image = await describe(path, signal)
    onSend(image.sizeBytes)
    await client.send(`/api/v1/gears/images/${image.digest}`, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: ReadableStream.from(createReadStream(path)),
      duplex: "half",
      signal,
    })
    const { state } = await register(client, gear, image.digest)
    return { outcome: "new", state, sentBytes: image.sizeBytes }
  } finally {
    await rm(path, { force: true })
  }
}

async function gearThere(client: GearClient, gear: Digest) {
  try {
    return answered(await client.api.GET("/api/v1/gears/{gear}", { params: { path: { gear } } }))
  } catch (error) {
    if (isGeartrainError(error, "GEAR_NOT_FOUND")) return undefined
    throw error
  }
}

async function register(client: GearClient, gear: Gear, image: Digest) {
  const made = answered(await client.api.POST("/api/v1/gears", { body: { image } }))
  if (made.id === gear.id) return made
  throw new GeartrainError(
    "BLOB_DIGEST_MISMATCH",
    `Cannot push gear "${gear.id}": the server makes gear "${made.id}" of the same image`,
    { details: { expected: gear.id, found: made.id }, hint: "Look whether the gear is whole: gear store fsck" },
  )
}

async function describe(path: string, signal: AbortSignal): Promise<{ digest: Digest; sizeBytes: number }> {
  const file = await open(path, "r")
  try {
    return await hashOpenFile(file, signal)
  } finally {
    await file.close()
  }
}
