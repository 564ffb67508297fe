import type { Box, BoxMount } from "@geartrain/ports"
import { lookAt, makeFolderOf, writeSmallFile } from "../../../system/linux/small-folders.ts"
import { HOST_NAME } from "./gear-capabilities.ts"

/** What a root filesystem needs on top of it to be a box's. Equal needs make equal layers, so that one serves many boxes. */
export interface LayerNeeds {
  /** Folders that have to be there and belong to the box's user. */
  readonly ownFolders: readonly string[]
  readonly owner?: Owner
  /** Whether `/tmp` is the box's own. */
  readonly temporary: boolean
  /** Files below `/etc`: name to content. */
  readonly settings: Readonly<Record<string, string>>
  /** What will be mounted over, in this order. Were it missing, the backend would make it for each box anew, as something that the box wrote. */
  readonly targets: readonly MountTarget[]
}

interface MountTarget {
  readonly path: string
  readonly kind: "folder" | "file"
}

/** The name server that slirp4netns offers in the network that it makes. @see slirp4netns(1) */
const OUTBOUND_NAME_SERVER = "10.0.2.3"

/**
 * Finds out what a box needs that its root filesystem may lack: a working folder and a home that its user can write to, `/tmp`, and the files
 * that tell of names in the network, which packings of one image disagree on. A mount of the caller's always goes first.
 *
 * @param mounts  The box's, with their targets resolved.
 */
export function layerNeeds(box: Box, mounts: readonly BoxMount[], userMapping: "full" | "single"): LayerNeeds {
  const isFree = (path: string): boolean => !box.mounts.some(({ target }) => isWithin(path, target))
  const settings = {
    hostname: `${HOST_NAME}\n`,
    hosts: `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t${HOST_NAME}\n`,
    "resolv.conf": box.network === "outbound" ? `nameserver ${OUTBOUND_NAME_SERVER}\n` : "# There is no network\n",
  }
  return {
    ownFolders: [box.workingFolder, box.environment["HOME"] ?? "/"].filter((path) => path !== "/" && isFree(path)),
    ...(userMapping === "full" ? { owner: { uid: box.uid, gid: box.gid } } : {}),
    temporary: isFree("/tmp"),
    settings: Object.fromEntries(Object.entries(settings).filter(([name]) => isFree(`/etc/${name}`))),
    targets: targetsOf(mounts),
  }
}

/** What lies in an earlier mount is not in the root filesystem. */
function targetsOf(mounts: readonly BoxMount[]): readonly MountTarget[] {
  return mounts.flatMap(({ source, target }, index): readonly MountTarget[] => {
    if (mounts.slice(0, index).some((earlier) => isWithin(target, earlier.target))) return []
    const stats = lookAt(source)
    if (stats?.isDirectory() === true) return [{ path: target, kind: "folder" }]
    return stats?.isFile() === true ? [{ path: target, kind: "file" }] : []
  })
}

/**
 * Makes a layer that goes between a root filesystem and what a box writes.
 *
 * Where the root filesystem has a link or a file instead of a folder, it is left as it is: nothing here follows a link.
 *
 * @param layer  An empty folder.
 * @param lower  The root filesystem, as this process can read it.
 */
export function makeLayer(layer: string, lower: string, needs: LayerNeeds): void {
  const trees = { layer, lower, givesAway: needs.owner !== undefined }
  for (const folder of needs.ownFolders) makeFolders(trees, folder, { least: 0o700, owner: needs.owner })
  if (needs.temporary) makeFolders(trees, "/tmp", { least: 0o1777 })
  for (const target of needs.targets) makeTarget(trees, target)
  if (Object.keys(needs.settings).length === 0 || !makeFolders(trees, "/etc")) return
  for (const [name, content] of Object.entries(needs.settings)) writeSmallFile(`${layer}/etc/${name}`, content, 0o644)
}

function makeTarget(trees: Trees, { path, kind }: MountTarget): void {
  if (kind === "folder") {
    makeFolders(trees, path)
    return
  }
  const isThere = [trees.lower, trees.layer].some((tree) => lookAt(tree + path) !== undefined)
  if (isThere || !makeFolders(trees, path.slice(0, path.lastIndexOf("/")))) return
  writeSmallFile(trees.layer + path, "", 0o644)
}

interface Trees {
  readonly layer: string
  readonly lower: string
  /** Whether this process may make folders of other owners. */
  readonly givesAway: boolean
}

/** What the last folder of a path gets beyond what it has in the root filesystem. */
interface LastFolder {
  readonly least: number
  readonly owner?: Owner | undefined
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Makes the folders of a path as the root filesystem has them. Answers whether there is a folder at the end. */
function makeFolders(trees: Trees, path: string, last?: LastFolder): boolean {
  const names = path.split("/").filter((name) => name !== "" && name !== ".")
  if (names.includes("..")) return false
  let below = ""
  for (const [index, name] of names.entries()) {
    below += `/${name}`
    const there = lookAt(trees.lower + below)
    if (there !== undefined && !there.isDirectory()) return false
    const made = lookAt(trees.layer + below)
    const isLast = last !== undefined && index === names.length - 1
    if (made !== undefined && !isLast) continue
    const model = made ?? there
    const mode = ((model?.mode ?? 0o755) & 0o7777) | (isLast ? last.least : 0)
    const owner = (isLast ? last.owner : undefined) ?? model
    makeFolderOf(trees.layer + below, { mode, ...(trees.givesAway && owner !== undefined ? { owner } : {}) })
  }
  return true
}

/**
 * @example
 *   isWithin("/a/b", "/a") // => true
 *   isWithin("/ab", "/a") // => false
 */
export function isWithin(path: string, folder: string): boolean {
  const parent = folder.replace(/\/+$/, "")
  return path === parent || path.startsWith(`${parent}/`)
}
