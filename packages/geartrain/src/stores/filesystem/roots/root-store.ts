import type { RootForm, RootStore, StoredRoot } from "@geartrain/ports"
import { GeartrainError, isGeartrainError, type TreeDigest } from "@geartrain/spec"
import type { PackedEntry } from "../../../packing/tar/packed-piece.ts"
import { syncFolder } from "../../../system/atomic-write.ts"
import { nowMs } from "../../../system/clock.ts"
import { lstat, mkdir, readdir, rename, utimes, writeFile } from "../../../system/files.ts"
import { givesFilesAway } from "../../../system/host.ts"
import { findProgram } from "../../../system/linux/find-program.ts"
import { systemCode } from "../../../system/system-code.ts"
import { explainingDisk, ifThere } from "../home/disk-error.ts"
import { rootPath } from "../home/layout.ts"
import { removeFolder } from "../home/remove-folder.ts"
import { retire } from "../home/retire.ts"
import type { StoreHome } from "../home/store-home.ts"
import { inTrash } from "../home/trash.ts"
import type { ListedEntry } from "./listing-lines.ts"
import {
  encodeRootFacts,
  hashRootFiles,
  ROOT_FILES,
  ROOT_PAYLOAD,
  type RootFacts,
  readRootFacts,
  rootDamaged,
  storedBytes,
} from "./root-folder.ts"

export interface RootStoreOptions {
  /**
   * In which form new roots are kept. Default: `squashfs` for root, where `sqfs2tar` is installed, else `tree`. A tree that squashfs cannot
   * hold whole becomes a `tree` all the same, and so does every tree where `sqfs2tar` is missing, which reads it again.
   *
   * A function is asked when the first new root is stored, since finding out what can be mounted takes its time.
   */
  readonly form?: RootForm | (() => Promise<RootForm | undefined>)
}

/** Root filesystems in a folder of this machine. */
export interface FilesystemRootStore extends RootStore {
  /**
   * The entries of a held root, with the bodies of files as they are packed; nothing when it is not held, or is not packed so that they could be
   * taken over.
   *
   * @throws {GeartrainError} ROOT_DAMAGED, as late as after the last entry: what came until then has to be thrown away.
   */
  packed(tree: TreeDigest): Promise<AsyncIterable<PackedEntry> | undefined>
  /** The canonical listing of a held root, line by line, without its header; nothing when it is not held. */
  listing(tree: TreeDigest): Promise<AsyncIterable<ListedEntry> | undefined>
  /**
   * Sets a root aside in the trash, unless it was stored or wanted since. Answers with its size, or nothing when it was spared or is not
   * there.
   */
  retire(tree: TreeDigest, to: { readonly trash: string; readonly spareSinceMs: number }): Promise<number | undefined>
}

/**
 * Opens the root filesystems in a store's folder. Makes nothing before the first write.
 *
 * What reads and writes whole trees is loaded on use: a run of a gear only asks where its root filesystem lies.
 */
export function openRootStore(home: StoreHome, options: RootStoreOptions = {}): FilesystemRootStore {
  return {
    stat: (tree) => stat(home, tree),
    put: (tree, source) => put(home, { ...source, tree, form: options.form }),
    read: (tree) => read(home, tree),
    list: () => list(home),
    remove: (tree) => explainingDisk(`remove root filesystem "${tree}"`, () => remove(home, tree)),
    check: (tree) => check(home, tree),
    packed: async (tree) => {
      const found = await locate(home, tree)
      const wanted = found?.facts.files["root.sqfs"]
      if (found === undefined || wanted === undefined) return undefined
      const { readPacked } = await import("./read-packed.ts")
      return readPacked(found.path, { tree, wanted: wanted.digest })
    },
    listing: async (tree) => {
      const found = await locate(home, tree)
      if (found === undefined) return undefined
      const { listedEntries } = await import("./listed-entries.ts")
      return listedEntries(`${found.path}/listing`)
    },
    retire: async (tree, to) => {
      const path = rootPath(home.layout, tree)
      const sizeBytes = await sizeOf(path, tree)
      const retired = await retire(path, { ...to, kind: "roots", stamp: "/root.json" })
      return retired ? sizeBytes : undefined
    },
  }
}

interface NewRoot {
  readonly tree: TreeDigest
  readonly tar: AsyncIterable<Uint8Array>
  readonly listing: AsyncIterable<Uint8Array>
  readonly form: RootStoreOptions["form"]
}

async function put(home: StoreHome, root: NewRoot): Promise<StoredRoot> {
  const { tree } = root
  const held = await touch(home, tree)
  if (held !== undefined) return held
  const doing = `store root filesystem "${tree}" in "${home.layout.home}"`
  const folder = await home.temporary()
  try {
    await explainingDisk(doing, () => mkdir(folder, { mode: 0o700 }))
    const facts = await build(folder, root)
    await explainingDisk(doing, async () => {
      await writeFile(`${folder}/root.json`, encodeRootFacts(tree, facts), { flag: "wx", mode: 0o444, flush: true })
      await syncFolder(folder)
      await install(home, folder, tree)
    })
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
  const stored = await stat(home, tree)
  if (stored === undefined) throw new Error(`Root filesystem "${tree}" was removed while it was stored`)
  return stored
}

/**
 * Says that a held root is wanted, so that a collection spares it.
 *
 * @returns undefined when it is not held, or so damaged that it has to be stored anew.
 */
async function touch(home: StoreHome, tree: TreeDigest): Promise<StoredRoot | undefined> {
  const path = rootPath(home.layout, tree)
  if ((await ifThere(lstat(path))) === undefined) return undefined
  const nowS = nowMs() / 1000
  try {
    await utimes(`${path}/root.json`, nowS, nowS)
    // After touching, as `retire` asks for.
    if ((await ifThere(lstat(path))) === undefined) return undefined
    return await stat(home, tree)
  } catch {
    // Without a readable root.json it is none: it is built again. On a disk that takes no writes, that is what will be told.
    return undefined
  }
}

async function build(folder: string, root: NewRoot): Promise<RootFacts> {
  const trueOwners = givesFilesAway()
  const { writeListing } = await import("./write-listing.ts")
  const { fitsSquashfs } = await writeListing(`${folder}/listing`, root.listing, root.tree)
  const asked = typeof root.form === "function" ? await root.form() : root.form
  const wanted = asked ?? (trueOwners ? "squashfs" : "tree")
  const form = wanted === "squashfs" && fitsSquashfs && findProgram("sqfs2tar") !== undefined ? "squashfs" : "tree"
  const { writeSquashfs } = await import("./write-squashfs.ts")
  const { writeTree } = await import("./write-tree.ts")
  const treeBytes =
    form === "squashfs"
      ? await writeSquashfs(`${folder}/root.sqfs`, root.tar, root.tree).then(() => 0)
      : (await writeTree(folder, root.tar, { tree: root.tree, trueOwners })).treeBytes
  return { form, files: await hashRootFiles(folder, ROOT_FILES[form]), treeBytes, trueOwners }
}

async function install(home: StoreHome, folder: string, tree: TreeDigest): Promise<void> {
  const path = rootPath(home.layout, tree)
  try {
    await rename(folder, path)
  } catch (error) {
    const code = systemCode(error)
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error
    if ((await touch(home, tree)) !== undefined) {
      // Somebody else stored the same meanwhile.
      await removeFolder(folder)
      return
    }
    // What is there has no readable root.json. It goes, and ours takes its place.
    await remove(home, tree)
    await rename(folder, path)
  }
  await syncFolder(home.layout.roots)
}

async function stat(home: StoreHome, tree: TreeDigest): Promise<StoredRoot | undefined> {
  const found = await locate(home, tree)
  return found === undefined ? undefined : describe(tree, found)
}

interface Located {
  readonly path: string
  readonly facts: RootFacts
}

/** Looks where roots are, then in the trash (see `retire.ts`), then again, for it may have come back meanwhile. */
async function locate(home: StoreHome, tree: TreeDigest): Promise<Located | undefined> {
  const path = rootPath(home.layout, tree)
  const here = await readRootFacts(path, tree)
  if (here !== undefined) return { path, facts: here }
  for (const place of await inTrash(home.layout, "roots", tree)) {
    const facts = await readRootFacts(place, tree)
    if (facts !== undefined) return { path: place, facts }
  }
  const back = await readRootFacts(path, tree)
  return back === undefined ? undefined : { path, facts: back }
}

function describe(tree: TreeDigest, { path, facts }: Located): StoredRoot {
  return { tree, form: facts.form, path: `${path}/${ROOT_PAYLOAD[facts.form]}`, storedBytes: storedBytes(facts) }
}

async function* read(home: StoreHome, tree: TreeDigest): AsyncGenerator<Uint8Array> {
  const found = await locate(home, tree)
  if (found === undefined) {
    throw new GeartrainError("ROOT_NOT_FOUND", `Cannot read root filesystem "${tree}": it is not stored`, {
      details: { tree },
      hint: "Import its gear again",
    })
  }
  if (found.facts.form === "tree") {
    const { readTree } = await import("./read-tree.ts")
    yield* readTree(found.path, tree)
  } else {
    // Damage in a squashfs may well unpack, to other bytes; its digest tells before the first of them is out.
    const { "root.sqfs": now } = await hashRootFiles(found.path, ["root.sqfs"])
    if (now?.digest !== found.facts.files["root.sqfs"]?.digest) throw rootDamaged(tree, "its root.sqfs has other bytes")
    const { outputOf } = await import("./piped-process.ts")
    yield* outputOf(["sqfs2tar", "--no-skip", "--root-becomes", ".", `${found.path}/root.sqfs`], {
      debianPackage: "squashfs-tools-ng",
      failed: (stderr) => rootDamaged(tree, `sqfs2tar cannot read it: ${stderr.trim()}`),
    })
  }
}

async function* list(home: StoreHome): AsyncGenerator<StoredRoot> {
  for (const name of (await ifThere(readdir(home.layout.roots))) ?? []) {
    if (!/^[0-9a-f]{64}$/.test(name)) continue
    const tree = `sha256:${name}` as const
    const path = `${home.layout.roots}/${name}`
    const form = (await ifThere(lstat(`${path}/root.sqfs`))) === undefined ? "tree" : "squashfs"
    // One with a damaged root.json is listed too, or it could never be removed; `check` tells what is wrong with it.
    const found = await stat(home, tree).catch(
      () => ({ tree, form, path: `${path}/${ROOT_PAYLOAD[form]}`, storedBytes: 0 }) as const,
    )
    if (found !== undefined) yield found
  }
}

async function sizeOf(path: string, tree: TreeDigest): Promise<number> {
  try {
    const facts = await readRootFacts(path, tree)
    return facts === undefined ? 0 : storedBytes(facts)
  } catch {
    // Damaged: it is removed all the same, and nobody knows how large it was.
    return 0
  }
}

async function remove(home: StoreHome, tree: TreeDigest): Promise<void> {
  for (const path of [rootPath(home.layout, tree), ...(await inTrash(home.layout, "roots", tree))]) {
    if ((await ifThere(lstat(path))) === undefined) continue
    const temporary = await home.temporary()
    // Whole or absent, at any moment.
    if ((await ifThere(rename(path, temporary).then(() => true))) === true) await removeFolder(temporary)
  }
}

async function check(home: StoreHome, tree: TreeDigest): Promise<readonly string[]> {
  let found: Located | undefined
  try {
    found = await locate(home, tree)
  } catch (error) {
    // Damage is what a check is for: it is told, not thrown.
    if (!isGeartrainError(error, "ROOT_DAMAGED")) throw error
    return [`Root filesystem "${tree}" is damaged: ${error.details["because"]}`]
  }
  if (found === undefined) return [`Root filesystem "${tree}" is not stored`]
  const { checkRoot } = await import("./check-root.ts")
  return checkRoot(found.path, tree, found.facts)
}
