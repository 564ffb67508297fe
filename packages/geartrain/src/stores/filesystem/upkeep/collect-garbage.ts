import type { CollectionGuard, FreedBlob, JobStore, Referenced } from "@geartrain/ports"
import type { Digest, GearId, JobId, TreeDigest } from "@geartrain/spec"
import { nowIso } from "../../../system/clock.ts"
import { readdir } from "../../../system/files.ts"
import { explainingDisk, ifThere } from "../home/disk-error.ts"
import { blobPath, rootPath } from "../home/layout.ts"
import { removeFolder } from "../home/remove-folder.ts"
import { modifiedMs, putBack } from "../home/retire.ts"
import type { StoreParts } from "../open-store.ts"
import { folderSize } from "./folder-size.ts"
import { findLeftovers, isAbandoned } from "./leftovers.ts"

/** Something that a collection removed, or would. */
export interface CollectedItem {
  /** `freed`: bytes that records name and that can be made again. */
  readonly kind: "blob" | "root" | "leftover" | "freed"
  /** Digest of a blob or root; path of what a killed process has left. */
  readonly name: string
  readonly sizeBytes: number
}

export interface CollectionResult {
  readonly removed: readonly CollectedItem[]
  readonly freedBytes: number
}

export interface CollectionParts {
  readonly store: StoreParts
  readonly guard: CollectionGuard
  readonly jobs: Pick<JobStore, "get" | "owner" | "listFreed">
}

/** Bytes that may go although records name them, and what has to be there still for them to be made again. */
export interface Freeable {
  readonly digest: Digest
  readonly needs: {
    readonly jobs: readonly JobId[]
    readonly gears: readonly GearId[]
    /** Blobs of the store that are read on the way. */
    readonly blobs: readonly Digest[]
  }
}

/**
 * Removes the blobs and root filesystems that no record refers to and nobody is writing, and what killed processes have left.
 *
 * It may be killed at any moment, and run at once with itself and with everything else. Nobody waits for it longer than renaming takes: what
 * is found is set aside while no lease can be taken and no reference added, and deleted afterwards.
 *
 * @param options.free  Removes these as well, and remembers that they were freed: each only if it is as it was when that was decided, and nobody
 *   reads or writes it.
 * @param options.dryRun  Removes nothing, and answers what would be.
 * @throws {GeartrainError} STORE_READ_ONLY, unless it is a dry run.
 */
export async function collectGarbage(
  parts: CollectionParts,
  options: { readonly dryRun?: boolean; readonly free?: readonly Freeable[] } = {},
): Promise<CollectionResult> {
  const { free = [] } = options
  const { store, guard } = parts
  const doing = `collect garbage in store "${store.home.layout.home}"`
  return explainingDisk(doing, async () => {
    if (options.dryRun === true) {
      const candidates = await findCandidates(store)
      const referenced = await guard.referenced()
      return total([
        ...(await unreferenced(store, candidates, referenced)),
        ...(await freeable(store, free, referenced)),
        ...(await leftovers(parts)),
      ])
    }
    await store.home.prepare()
    const trash = store.home.trash()
    const retired: CollectedItem[] = []
    const restored = await restore(store, new Set((await parts.jobs.listFreed()).map(({ digest }) => digest)))
    // Found before anybody has to wait. What comes after this is new, and so no garbage.
    const candidates = await findCandidates(store)
    await guard.collect(async (referenced) => {
      retired.push(...(await retireAll(store, candidates, { ...referenced, trash })))
      const freed = await freeAll(store, free, { ...referenced, trash })
      retired.push(...freed.map(({ digest, sizeBytes }) => ({ kind: "freed" as const, name: digest, sizeBytes })))
      return { freed, stored: await returned(store, referenced.freed) }
    })
    await removeFolder(trash)
    // A collection that was killed after that has left bytes that are wanted, perhaps: the next one looks.
    const left = (await leftovers(parts)).filter(({ name }) => !isTrash(store, name) || restored.has(name))
    for (const { name } of left) await removeFolder(name)
    return total([...retired, ...left])
  })
}

interface Candidates {
  readonly blobs: readonly { readonly digest: Digest; readonly sizeBytes: number }[]
  readonly roots: readonly { readonly tree: TreeDigest; readonly storedBytes: number }[]
}

async function findCandidates(store: StoreParts): Promise<Candidates> {
  const blobs = []
  for await (const blob of store.blobs.list()) blobs.push(blob)
  const roots = []
  for await (const root of store.roots.list()) roots.push(root)
  return { blobs, roots }
}

async function retireAll(
  store: StoreParts,
  candidates: Candidates,
  to: Referenced & { readonly trash: string },
): Promise<readonly CollectedItem[]> {
  const retired: CollectedItem[] = []
  for (const { digest } of candidates.blobs) {
    if (to.blobs.has(digest)) continue
    const sizeBytes = await store.blobs.retire(digest, to)
    if (sizeBytes !== undefined) retired.push({ kind: "blob", name: digest, sizeBytes })
  }
  for (const { tree } of candidates.roots) {
    if (to.roots.has(tree)) continue
    const sizeBytes = await store.roots.retire(tree, to)
    if (sizeBytes !== undefined) retired.push({ kind: "root", name: tree, sizeBytes })
  }
  return retired
}

async function freeAll(
  store: StoreParts,
  free: readonly Freeable[],
  to: Referenced & { readonly trash: string },
): Promise<readonly FreedBlob[]> {
  const at = nowIso()
  const freed: FreedBlob[] = []
  for (const one of free) {
    if (!canStillGo(one, to)) continue
    const sizeBytes = await store.blobs.retire(one.digest, to)
    if (sizeBytes !== undefined) freed.push({ digest: one.digest, sizeBytes, at })
  }
  return freed
}

/** Between the decision and now, anything may have been forgotten, begun, or freed by another collection. */
export function canStillGo({ digest, needs }: Freeable, referenced: Referenced): boolean {
  return (
    referenced.blobs.has(digest) &&
    !referenced.busy.has(digest) &&
    needs.jobs.every((id) => referenced.jobs.has(id)) &&
    needs.gears.every((id) => referenced.gears.has(id)) &&
    needs.blobs.every((blob) => !referenced.freed.has(blob))
  )
}

/** Blobs that are said to be freed and are there: stored again by a program that was killed before it could say so. */
async function returned(store: StoreParts, freed: Referenced["freed"]): Promise<readonly Digest[]> {
  const found: Digest[] = []
  for (const digest of freed)
    if ((await modifiedMs(blobPath(store.home.layout, digest))) > Number.NEGATIVE_INFINITY) found.push(digest)
  return found
}

/** What `freeAll` would free. */
async function freeable(
  store: StoreParts,
  free: readonly Freeable[],
  referenced: Referenced,
): Promise<readonly CollectedItem[]> {
  const found: CollectedItem[] = []
  for (const one of free) {
    const stored = await store.blobs.stat(one.digest)
    const isNew = (await modifiedMs(blobPath(store.home.layout, one.digest))) >= referenced.spareSinceMs
    if (stored === undefined || isNew || !canStillGo(one, referenced)) continue
    found.push({ kind: "freed", name: one.digest, sizeBytes: stored.sizeBytes })
  }
  return found
}

/** What `retireAll` would answer. */
async function unreferenced(
  store: StoreParts,
  candidates: Candidates,
  referenced: Referenced,
): Promise<readonly CollectedItem[]> {
  const { layout } = store.home
  const found: CollectedItem[] = []
  for (const { digest, sizeBytes } of candidates.blobs) {
    if (referenced.blobs.has(digest) || (await modifiedMs(blobPath(layout, digest))) >= referenced.spareSinceMs)
      continue
    found.push({ kind: "blob", name: digest, sizeBytes })
  }
  for (const { tree, storedBytes } of candidates.roots) {
    const stamp = `${rootPath(layout, tree)}/root.json`
    if (referenced.roots.has(tree) || (await modifiedMs(stamp)) >= referenced.spareSinceMs) continue
    found.push({ kind: "root", name: tree, sizeBytes: storedBytes })
  }
  return found
}

/**
 * Puts back what a killed collection had set aside: it may have been killed before it saw that somebody wants it (see `retire.ts`). What it had
 * written down as freed goes with the other leftovers.
 *
 * @returns the folders of the killed, in which nothing is any more that anybody wants.
 */
async function restore(store: StoreParts, freed: ReadonlySet<Digest>): Promise<ReadonlySet<string>> {
  const { layout } = store.home
  const restored = new Set<string>()
  for (const collection of (await ifThere(readdir(layout.trash))) ?? []) {
    const folder = `${layout.trash}/${collection}`
    if (!(await isAbandoned(folder))) continue
    for (const name of (await ifThere(readdir(`${folder}/blobs`))) ?? []) {
      if (isHex(name) && !freed.has(`sha256:${name}`))
        await putBack(`${folder}/blobs/${name}`, blobPath(layout, `sha256:${name}`))
    }
    for (const name of (await ifThere(readdir(`${folder}/roots`))) ?? []) {
      if (isHex(name)) await putBack(`${folder}/roots/${name}`, rootPath(layout, `sha256:${name}`))
    }
    restored.add(folder)
  }
  return restored
}

function isTrash(store: StoreParts, path: string): boolean {
  return path.startsWith(`${store.home.layout.trash}/`)
}

function isHex(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name)
}

async function leftovers(parts: CollectionParts): Promise<readonly CollectedItem[]> {
  const { spareSinceMs } = await parts.guard.referenced()
  const paths = await findLeftovers(parts.store.home.layout, { jobs: parts.jobs, spareSinceMs })
  return Promise.all(
    paths.map(async (path) => ({ kind: "leftover" as const, name: path, sizeBytes: await folderSize(path) })),
  )
}

function total(removed: readonly CollectedItem[]): CollectionResult {
  return { removed, freedBytes: removed.reduce((sum, item) => sum + item.sizeBytes, 0) }
}
