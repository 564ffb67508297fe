import type { Gear, GearId } from "@geartrain/spec"
import type { ClaimedJob } from "@geartrain/spec/server"
import { type FetchOptions, fetchBlob } from "../cache/fetch-blob.ts"
import type { RunnerPorts } from "../runner-ports.ts"

/** The gears of a runner: each is fetched and unpacked once, however many jobs want it at the same time. */
export class GearShelf {
  readonly #ports: RunnerPorts
  readonly #coming = new Map<GearId, Promise<Gear>>()

  constructor(ports: RunnerPorts) {
    this.#ports = ports
  }

  /** @throws {GeartrainError} what `fetchBlob` throws; CATALOGUE_DAMAGED when the image is another gear's. */
  async take(wanted: ClaimedJob["gear"], options: FetchOptions): Promise<Gear> {
    const other = this.#coming.get(wanted.id)
    if (other !== undefined) {
      // With the token of another job, which may have been cancelled meanwhile.
      const came = await other.catch(() => undefined)
      if (came !== undefined) return came
    }
    const coming = this.#bring(wanted, options)
    this.#coming.set(wanted.id, coming)
    try {
      return await coming
    } finally {
      if (this.#coming.get(wanted.id) === coming) this.#coming.delete(wanted.id)
    }
  }

  async #bring(wanted: ClaimedJob["gear"], options: FetchOptions): Promise<Gear> {
    const { engine, takeGear, tell } = this.#ports
    const stored = await engine.gears.getGear(wanted.id)
    if (stored !== undefined && (await engine.roots.stat(stored.tree)) !== undefined) return stored
    const reference = `${wanted.name}@${wanted.version}`
    tell(`fetching gear ${reference}`, { gear: wanted.id, sizeBytes: wanted.imageBytes })
    const image = { digest: wanted.imageDigest, sizeBytes: wanted.imageBytes }
    const path = await fetchBlob(image, this.#ports, options)
    const gear = await takeGear(path, { id: wanted.id, reference })
    // What was made of it is kept; the packing is the server's to keep.
    await engine.blobs.remove?.(image.digest)
    return gear
  }
}
