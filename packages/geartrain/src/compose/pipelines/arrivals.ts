import type { GearClient } from "@geartrain/sdk/client"
import { type Digest, GeartrainError, hexOf, isGeartrainError } from "@geartrain/spec"
import { downloadFile } from "../../archive/transfer/download/download-file.ts"
import { unwritable } from "../../archive/transfer/download/folders.ts"
import { wrongBytes } from "../../archive/transfer/download/read-content.ts"
import { inTurns } from "../../archive/transfer/in-turns.ts"
import type { LocalBlobs } from "../../engine/engine-ports.ts"
import { nowMs } from "../../system/clock.ts"
import { lstat, readdir, rm } from "../../system/files.ts"
import { type HeldFolder, holdFolder } from "../../system/hold-folder.ts"
import type { TreeFile } from "../../workflows/pipelines/folders/commit.ts"

export interface ArrivalMeans {
  readonly blobs: Pick<LocalBlobs, "hold" | "adopt">
  /** Where bytes arrive before the store takes them: on its disk, so that it need not copy them. */
  readonly folder: string
}

const AT_ONCE = 4
/** So many programs may fetch at one time. */
const MOST_SLOTS = 100
/** What nobody went on with for so long is fetched no more. */
const KEPT_MS = 7 * 24 * 3600 * 1000

/**
 * Brings files of servers into the store, each once. Bytes lie in one of the folder's slots till they are whole: a slot is one program's at a time, and the
 * next that has it goes on with what it finds.
 */
export class Arrivals {
  readonly #means: ArrivalMeans
  readonly #coming = new Map<Digest, Promise<void>>()
  #slot: Promise<Slot> | undefined

  constructor(means: ArrivalMeans) {
    this.#means = means
  }

  /** @throws {GeartrainError} as `PipelineArchives.bring`; STORE_FULL and what else storing throws. */
  async bring(client: GearClient, files: readonly TreeFile[], signal = new AbortController().signal): Promise<void> {
    await inTurns(files, AT_ONCE, async (file) => {
      const { digest } = file
      const coming = this.#coming.get(digest) ?? this.#fetch(client, file, signal)
      this.#coming.set(digest, coming)
      try {
        await coming
      } finally {
        if (this.#coming.get(digest) === coming) this.#coming.delete(digest)
      }
    })
  }

  /** Lets others have the slot. */
  async close(): Promise<void> {
    const taking = this.#slot
    this.#slot = undefined
    // One that could not be taken was told where it was needed.
    const slot = await taking?.catch(() => undefined)
    slot?.held.release()
  }

  async #fetch(client: GearClient, file: TreeFile, signal: AbortSignal): Promise<void> {
    const { digest, sizeBytes, archive } = file
    const { blobs, folder } = this.#means
    if (archive === undefined || (await blobs.hold(digest))) return
    this.#slot ??= takeSlot(folder)
    const path = `${(await this.#slot).folder}/${hexOf(digest)}`
    const wanted = { id: archive.file, name: file.path, version: archive.version, digest, sizeBytes }
    try {
      await downloadFile(wanted, path, { client, signal, force: true, onBytes: () => undefined })
    } catch (error) {
      signal.throwIfAborted()
      if (isGeartrainError(error, "ARCHIVE_FILE_NOT_FOUND")) throw gone(file, client, error)
      throw isGeartrainError(error) ? error : unwritable(path, error)
    }
    const stored = await blobs.adopt(path)
    if (stored.digest !== digest) throw wrongBytes(wanted)
  }
}

interface Slot {
  readonly folder: string
  readonly held: HeldFolder
}

async function takeSlot(top: string): Promise<Slot> {
  for (let number = 1; ; number++) {
    const folder = `${top}/${number}`
    try {
      const held = await holdFolder(folder, "pipeline run")
      await removeOld(folder)
      return { folder, held }
    } catch (error) {
      if (number >= MOST_SLOTS || !isGeartrainError(error, "FOLDER_IN_USE")) throw error
    }
  }
}

/** A file that is there no more on its server is never asked for again. */
async function removeOld(folder: string): Promise<void> {
  const before = nowMs() - KEPT_MS
  for (const name of await readdir(folder)) {
    // The lock is of whoever has the slot.
    if (name.startsWith("lock")) continue
    const path = `${folder}/${name}`
    if ((await lstat(path)).mtimeMs < before) await rm(path, { force: true })
  }
}

function gone({ path }: TreeFile, { url }: GearClient, cause: unknown): GeartrainError {
  return new GeartrainError(
    "ARCHIVE_FILE_NOT_FOUND",
    `Cannot fetch "${path}" of ${url}: it was removed since it was listed, or you may not read it any more`,
    { details: { path, server: url }, hint: "Run the pipeline again: it takes what is there then", cause },
  )
}
