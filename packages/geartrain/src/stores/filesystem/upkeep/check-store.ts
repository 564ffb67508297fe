import type { JobStore, RecordStore } from "@geartrain/ports"
import { type Gear, type GearId, type JobId, type JobRecord, shortDigest } from "@geartrain/spec"
import { readdir } from "../../../system/files.ts"
import { ifThere } from "../home/disk-error.ts"
import type { StoreParts } from "../open-store.ts"

/** Something that a check found. */
export interface StoreFinding {
  /**
   * `damaged`: bytes are not what they were. `missing`: a record names what is not stored, since it was removed, or was freed and cannot be made
   * again any more. `stray`: something lies where only blobs and roots should.
   */
  readonly kind: "damaged" | "missing" | "stray"
  readonly message: string
  /** What mends it, as one sentence or command. */
  readonly hint: string
}

export interface CheckParts {
  readonly store: StoreParts
  readonly gears: Pick<RecordStore, "listGears">
  readonly jobs: Pick<JobStore, "list" | "get">
  /** Checks the database itself, and answers one sentence for each damage. */
  readonly checkRecords: () => Promise<readonly string[]>
}

/** How far a check has come: told after each blob and root. */
export interface CheckProgress {
  readonly checkedBytes: number
}

/**
 * Reads every byte of a store, and answers what is wrong: records, blobs, root filesystems, and what records name and the store has not.
 * Changes nothing.
 */
export async function* checkStore(
  parts: CheckParts,
  options: { readonly onProgress?: (progress: CheckProgress) => void } = {},
): AsyncGenerator<StoreFinding> {
  const broken = await parts.checkRecords()
  for (const message of broken) yield { kind: "damaged", message, hint: "Put a copy of records.db back" }
  let checkedBytes = 0
  const tell = (sizeBytes: number): void => {
    checkedBytes += sizeBytes
    options.onProgress?.({ checkedBytes })
  }
  yield* checkBlobs(parts.store, tell)
  yield* checkRoots(parts.store, tell)
  // What damaged records name means nothing.
  if (broken.length > 0) return
  yield* checkGears(parts)
  yield* checkJobs(parts)
}

async function* checkBlobs(store: StoreParts, tell: (sizeBytes: number) => void): AsyncGenerator<StoreFinding> {
  for await (const { digest, sizeBytes } of store.blobs.list()) {
    for (const message of await store.blobs.check(digest)) {
      const path = await store.blobs.locate(digest)
      yield { kind: "damaged", message, hint: `Remove it, and run the job again that made it: rm -f '${path}'` }
    }
    tell(sizeBytes)
  }
  const { blobs } = store.home.layout
  for (const folder of (await ifThere(readdir(blobs))) ?? []) {
    const names = /^[0-9a-f]{2}$/.test(folder) ? ((await ifThere(readdir(`${blobs}/${folder}`))) ?? []) : [""]
    for (const name of names) {
      if (/^[0-9a-f]{64}$/.test(name) && name.startsWith(folder)) continue
      yield stray(name === "" ? `${blobs}/${folder}` : `${blobs}/${folder}/${name}`)
    }
  }
}

async function* checkRoots(store: StoreParts, tell: (sizeBytes: number) => void): AsyncGenerator<StoreFinding> {
  for await (const { tree, storedBytes } of store.roots.list()) {
    const messages = await store.roots.check(tree)
    // One that is collected just now is not damaged; if anything still refers to it, that is told as missing.
    const isGone = messages.length > 0 && (await store.roots.stat(tree).catch(() => "damaged")) === undefined
    for (const message of isGone ? [] : messages) {
      const path = `${store.home.layout.roots}/${tree.slice("sha256:".length)}`
      yield { kind: "damaged", message, hint: `Remove it, and import its gear again: rm -rf '${path}'` }
    }
    tell(storedBytes)
  }
  const { roots } = store.home.layout
  for (const name of (await ifThere(readdir(roots))) ?? [])
    if (!/^[0-9a-f]{64}$/.test(name)) yield stray(`${roots}/${name}`)
}

function stray(path: string): StoreFinding {
  return { kind: "stray", message: `"${path}" does not belong to the store`, hint: `Remove it: rm -rf '${path}'` }
}

async function* checkGears(parts: CheckParts): AsyncGenerator<StoreFinding> {
  for (const gear of await parts.gears.listGears()) {
    // A damaged one was told already.
    const stored = await parts.store.roots.stat(gear.tree).catch(() => "damaged")
    if (stored === undefined) yield missingRoot(gear)
  }
}

function missingRoot(gear: Gear): StoreFinding {
  const name = `${gear.manifest.name}@${gear.manifest.version}`
  return {
    kind: "missing",
    message: `The root filesystem of gear "${name}" (${shortDigest(gear.id)}) is not stored`,
    hint: `Import it again: gear import ${gear.origin.reference}`,
  }
}

async function* checkJobs(parts: CheckParts): AsyncGenerator<StoreFinding> {
  const gears = new Map((await parts.gears.listGears()).map(({ id, tree }) => [id, tree]))
  const hasGear = async (id: GearId): Promise<boolean> => {
    const tree = gears.get(id)
    return tree !== undefined && (await parts.store.roots.stat(tree).catch(() => undefined)) !== undefined
  }
  for (const { id } of await parts.jobs.list({})) {
    const record = await parts.jobs.get(id)
    if (record === undefined) continue
    for (const { digest, path, freed } of record.outputs) {
      if ((await parts.store.blobs.stat(digest)) !== undefined) continue
      if (freed === undefined) yield missingBlob(`Output "${path}"`, id, "restore")
      else if (!(await hasGear(record.gear.id))) yield lostBlob(record, path)
    }
    if (record.log !== undefined && (await parts.store.blobs.stat(record.log.digest)) === undefined) {
      yield missingBlob("The log", id, "replay")
    }
  }
}

/** Freed bytes are nothing to tell, as long as there is what they can be made with. */
function lostBlob({ id, gear }: JobRecord, path: string): StoreFinding {
  return {
    kind: "missing",
    message: `Output "${path}" of job "${id}" was freed, and gear "${gear.name}@${gear.version}", which makes it again, is not stored`,
    hint: `Import it again: gear import ${gear.origin.reference}`,
  }
}

function missingBlob(what: string, id: JobId, command: "restore" | "replay"): StoreFinding {
  return {
    kind: "missing",
    message: `${what} of job "${id}" is not stored`,
    hint: `It can be made again: gear ${command} ${id}`,
  }
}
