import { isWritable, readKernelFile } from "../../../system/linux/kernel-files.ts"
import { type CgroupMount, cgroupMounts, ownGroup } from "./mounts.ts"

/** What a box's groups are wanted for. */
export type Controller = "memory" | "cpu" | "cpuacct" | "pids"

/** A group below which this process may make groups, and what can be limited or counted there. */
export interface CgroupPlace {
  readonly version: 1 | 2
  readonly path: string
  readonly controllers: readonly Controller[]
}

const VERSION_2_CONTROLLERS: readonly Controller[] = ["memory", "cpu", "pids"]

/**
 * Finds where this process may make groups for its boxes.
 *
 * They are made as deep as can be below the caller's own group, so that what holds for the caller (a batch system's limit, a cancelled batch
 * job) holds for its boxes. On a machine of today there is one place, of version 2; with version 1 or both mixed there is one for each
 * hierarchy. Where there are no controllers at all, version 2 still counts CPU time, and kills.
 *
 * An ordinary user has places only where root gave him a group (systemd does, for what runs under `user@.service`).
 */
export function cgroupPlaces(): readonly CgroupPlace[] {
  const membership = readKernelFile("/proc/self/cgroup") ?? ""
  const hierarchies = new Map(
    // A hierarchy may be mounted in several places: one will do.
    cgroupMounts(readKernelFile("/proc/self/mountinfo") ?? "").map((mount) => [hierarchyOf(mount), mount] as const),
  )
  const places = [...hierarchies.values()].flatMap((mount) => {
    const own = ownGroup(mount, membership)
    if (own === undefined) return []
    const place = mount.version === 1 ? firstVersionPlace(mount, own) : secondVersionPlace(mount, own)
    return place === undefined ? [] : [place]
  })
  // A second hierarchy that offers nothing would only cost time.
  const useful = places.filter(({ controllers }) => controllers.length > 0)
  return useful.length > 0 ? useful : places
}

function hierarchyOf(mount: CgroupMount): string {
  return `${mount.version} ${mount.controllers.join(",")}`
}

function firstVersionPlace(mount: CgroupMount, own: string): CgroupPlace | undefined {
  if (!isWritable(own) || !isWritable(`${own}/cgroup.procs`)) return undefined
  return { version: 1, path: own, controllers: mount.controllers as readonly Controller[] }
}

/** The group that offers most, and of these the nearest: a group with processes in it may not hand controllers down. */
function secondVersionPlace(mount: CgroupMount, own: string): CgroupPlace | undefined {
  let best: CgroupPlace | undefined
  for (const path of upwards(own, mount.path)) {
    if (!isWritable(path) || !isWritable(`${path}/cgroup.procs`)) continue
    const controllers = VERSION_2_CONTROLLERS.filter((controller) => handsDown(path, controller))
    if (best === undefined || controllers.length > best.controllers.length) best = { version: 2, path, controllers }
  }
  return best
}

function handsDown(path: string, controller: Controller): boolean {
  if (words(`${path}/cgroup.subtree_control`).includes(controller)) return true
  if (!words(`${path}/cgroup.controllers`).includes(controller)) return false
  // Only the real root has no type; it is free of the rule.
  const isRoot = readKernelFile(`${path}/cgroup.type`) === undefined
  const isEmpty = words(`${path}/cgroup.procs`).length === 0
  return (isRoot || isEmpty) && isWritable(`${path}/cgroup.subtree_control`)
}

function words(path: string): readonly string[] {
  return (readKernelFile(path) ?? "").split(/\s+/).filter((word) => word !== "")
}

function upwards(from: string, to: string): readonly string[] {
  const paths = [from]
  for (let path = from; path !== to && path.startsWith(`${to}/`); ) {
    path = path.slice(0, path.lastIndexOf("/"))
    paths.push(path)
  }
  return paths
}
