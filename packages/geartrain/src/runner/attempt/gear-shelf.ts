import type { Gear, GearId } from "@geartrain/spec"
import type { ClaimedJob } from "@geartrain/spec/server"
import { nowMs } from "../../system/clock.ts"
import { type FetchOptions, fetchBlob } from "../cache/fetch-blob.ts"
import type { RunnerPorts } from "../runner-ports.ts"

/** The gears of a runner: each is fetched and unpacked once, however many jobs want it at the same time. */
export class GearShelf {
  readonly #ports: RunnerPorts
  readonly #coming = new Map<GearId, Promise<Gear>>()
  readonly #going = new Map<GearId, Promise<void>>()
  readonly #usedMs = new Map<GearId, number>()

  constructor(ports: RunnerPorts) {
    this.#ports = ports
  }

  /** @throws {GeartrainError} what `fetchBlob` throws; CATALOGUE_DAMAGED when the image is another gear's. */
  async take(wanted: ClaimedJob["gear"], options: FetchOptions): Promise<Gear> {
    // What is being removed is gone first.
    for (let going = this.#going.get(wanted.id); going !== undefined; going = this.#going.get(wanted.id)) await going
    this.#usedMs.set(wanted.id, nowMs())
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

  /** When a job took it last, in milliseconds since 1970; undefined when none of this process's did. */
  usedMs(gear: GearId): number | undefined {
    return this.#usedMs.get(gear)
  }

  /**
   * Removes gears, while nobody can take one of them.
   *
   * @returns false, with nothing removed, when one of them is used or being fetched.
   */
  async clear(
    gears: readonly GearId[],
    isUsed: (gear: GearId) => boolean,
    remove: () => Promise<void>,
  ): Promise<boolean> {
    if (gears.some((gear) => isUsed(gear) || this.#coming.has(gear))) return false
    const going = remove()
    const settled = going.then(
      () => undefined,
      () => undefined,
    )
    for (const gear of gears) this.#going.set(gear, settled)
    try {
      await going
      return true
    } finally {
      for (const gear of gears) this.#going.delete(gear)
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
