import type { BoxMount } from "@geartrain/ports"
import { GeartrainError } from "@geartrain/spec"
import { lookAt, readLink } from "../../system/linux/small-folders.ts"
import { isWithin } from "./root/layer.ts"

/** As many links on one way as the kernel follows. @see path_resolution(7) */
const MOST_LINKS = 40

/**
 * Replaces the targets of mounts by where they are once the links in the root filesystem are followed, within that root filesystem.
 *
 * Bubblewrap follows them while the machine's own root is still within reach, and as the caller: a hostile image could have it make folders
 * on the machine. crun refuses a link that leads to what is not there. So no link is left for a backend to follow.
 *
 * @param root  The root filesystem, and what was found in it before: it never changes.
 * @throws {GeartrainError} PROVIDER_FAILED for a mount that lies behind a link in another mount.
 */
export function resolveTargets(
  mounts: readonly BoxMount[],
  root: { readonly view: string; readonly targets: Map<string, string> },
): readonly BoxMount[] {
  const resolved: BoxMount[] = []
  for (const mount of mounts) {
    const target = root.targets.get(mount.target) ?? resolveWithin(root.view, mount.target)
    root.targets.set(mount.target, target)
    const around = resolved.findLast((earlier) => isWithin(target, earlier.target))
    if (around !== undefined) checkPlain(around, target)
    resolved.push({ ...mount, target })
  }
  return resolved
}

/**
 * A path with its links followed as if `root` were the root folder. What is not there is taken as it is written.
 *
 * @example
 *   resolveWithin("/var/empty", "/a/../b/./c") // => "/b/c"
 */
export function resolveWithin(root: string, path: string): string {
  const waiting = path.split("/").reverse()
  let place = ""
  let links = 0
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === "" || name === ".") continue
    if (name === "..") {
      place = place.slice(0, Math.max(0, place.lastIndexOf("/")))
      continue
    }
    const next = `${place}/${name}`
    if (lookAt(root + next)?.isSymbolicLink() !== true) {
      place = next
      continue
    }
    links += 1
    if (links > MOST_LINKS)
      throw new GeartrainError(
        "PROVIDER_FAILED",
        `Cannot mount on "${path}": the links of the root filesystem go in a circle`,
      )
    const link = readLink(root + next)
    if (link.startsWith("/")) place = ""
    waiting.push(...link.split("/").reverse())
  }
  return place === "" ? "/" : place
}

/** The folder that is mounted around is its owner's, and may have links to anywhere. */
function checkPlain(around: BoxMount, target: string): void {
  let place = around.source
  for (const name of target
    .slice(around.target.length)
    .split("/")
    .filter((part) => part !== "")) {
    place += `/${name}`
    if (lookAt(place)?.isSymbolicLink() === true)
      throw new GeartrainError("PROVIDER_FAILED", `Cannot mount on "${target}": "${place}" is a link`, {
        hint: "Mount it elsewhere, or replace the link by what it points to",
      })
  }
}
