import { chmod, existsSync, rm, rmdir, symlink } from "../../../system/files.ts"
import { emptySmallFolder, makeFolderOf, removeAtOnce, writeSmallFile } from "../../../system/linux/small-folders.ts"
import { systemCode } from "../../../system/system-code.ts"
import type { Holder } from "../holder/holder.ts"
import { shellWord } from "../holder/shell-words.ts"
import type { MountedRoot } from "./roots.ts"

/** Where the files of one box lie. */
export interface BoxFolder {
  /** In memory, by its path in the holder's mount namespace; see `box-script.ts`. */
  readonly inside: string
  /** The same, as this process can read it. */
  readonly view: string
  /** On disk, for what the box writes: a folder in the folder that the caller gave. */
  readonly layer: string
}

/**
 * Makes the folders of a box.
 *
 * @param givesAway  Whether this process may make folders of other owners. The box's topmost folder is that of the layer.
 */
export async function makeBoxFolder(folder: BoxFolder, root: MountedRoot, givesAway: boolean): Promise<void> {
  makeFolderOf(`${folder.view}/root`, { mode: 0o755 })
  makeFolderOf(`${folder.layer}/upper`, {
    mode: root.mode & 0o7777,
    ...(givesAway ? { owner: { uid: root.uid, gid: root.gid } } : {}),
  })
  makeFolderOf(`${folder.layer}/work`, { mode: 0o755 })
  await symlink(folder.layer, `${folder.view}/layer`)
}

/**
 * Removes the folders of a box, and with them the mounts on them: what is a mount point only in another mount namespace can be removed, and
 * the kernel unmounts what is on it there.
 *
 * @see mount_namespaces(7), "Restrictions on mount namespaces" (Linux 3.18)
 */
export async function removeBoxFolder(folder: BoxFolder, holder: Holder): Promise<void> {
  await holder.unlessGone(async () => {
    if (!existsSync(folder.view)) return
    // Waits for the kernel, and so not synchronously.
    await rmdir(`${folder.view}/root`)
    emptySmallFolder(folder.view)
    await rmdir(folder.view)
  })
  if (!existsSync(folder.layer)) return
  try {
    // As it is when the box wrote nothing, and the kernel's own folders are as they were seen to be.
    const usual = ["upper/", ...KERNEL_FOLDERS, "work/", ""].map((entry) => `${folder.layer}/${entry}`)
    if (removeAtOnce(usual)) return
    await emptyLayer(folder.layer)
  } catch (error) {
    if (!["EACCES", "EPERM"].includes(systemCode(error) ?? "") || holder.isGone) throw error
    // Folders that a gear has closed to everybody, the caller too. In the holder the caller is root.
    await emptyInHolder(folder, holder)
  }
  await rmdir(folder.layer)
}

/** What overlayfs makes in its work folder on a layer that need not survive a crash. */
const KERNEL_FOLDERS = [
  "work/work/incompat/volatile/dirty",
  "work/work/incompat/volatile/",
  "work/work/incompat/",
  "work/work/",
]

async function emptyLayer(layer: string): Promise<void> {
  // The kernel's own, without any permission: none that root would need.
  for (const folder of ["work/work", "work/work/incompat", "work/work/incompat/volatile"])
    await chmod(`${layer}/${folder}`, 0o700).catch(() => undefined)
  // What the gear wrote may be a million files.
  await rm(`${layer}/upper`, { recursive: true, force: true })
  await rm(`${layer}/work`, { recursive: true, force: true })
}

async function emptyInHolder(folder: BoxFolder, holder: Holder): Promise<void> {
  const script = `${folder.inside}.remove.sh`
  writeSmallFile(holder.view(script), `rm -rf ${shellWord(folder.layer)}/*\n`, 0o600)
  await holder.run(script)
}
