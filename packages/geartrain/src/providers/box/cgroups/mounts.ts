/** A mounted hierarchy of control groups. */
export interface CgroupMount {
  readonly version: 1 | 2
  /** Controllers of a version 1 hierarchy; none for version 2, whose folders say themselves what they offer. */
  readonly controllers: readonly string[]
  /** Where it is mounted. */
  readonly path: string
  /** Which group of the hierarchy is mounted there: `/` but in some containers. */
  readonly root: string
}

/**
 * The hierarchies of control groups among the mounts of a process. Named ones without controllers (systemd's) are left out.
 *
 * @param mountinfo  The text of /proc/self/mountinfo.
 * @see proc(5), "/proc/pid/mountinfo"; cgroups(7)
 */
export function cgroupMounts(mountinfo: string): readonly CgroupMount[] {
  return allGroupMounts(mountinfo).filter(({ version, controllers }) => version === 2 || controllers.length > 0)
}

/** Where hierarchies of control groups are mounted, of any kind and each place once. */
export function groupMountPoints(mountinfo: string): readonly Pick<CgroupMount, "version" | "path">[] {
  return [...new Map(allGroupMounts(mountinfo).map(({ version, path }) => [path, { version, path }])).values()]
}

function allGroupMounts(mountinfo: string): readonly CgroupMount[] {
  return mountinfo.split("\n").flatMap((line): readonly CgroupMount[] => {
    const [before, after] = line.split(" - ")
    const [, , , root, path] = (before ?? "").split(" ")
    const [type, , options] = (after ?? "").split(" ")
    if (root === undefined || path === undefined) return []
    const place = { path: unescapeOctal(path), root: unescapeOctal(root) }
    if (type === "cgroup2") return [{ version: 2 as const, controllers: [], ...place }]
    const controllers = (options ?? "").split(",").filter((option) => CONTROLLERS.includes(option))
    return type === "cgroup" ? [{ version: 1 as const, controllers, ...place }] : []
  })
}

/** Of version 1; the others do not matter to boxes. */
const CONTROLLERS: readonly string[] = ["memory", "cpu", "cpuacct", "pids"]

/** Spaces and the like are written in octal. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

/**
 * The folder of the group that a process is in.
 *
 * @param membership  The text of /proc/self/cgroup: lines `number:controllers:path`; version 2 is `0::path`.
 * @returns undefined when the group does not lie below what is mounted.
 * @example
 *   ownGroup({ version: 2, controllers: [], path: "/sys/fs/cgroup", root: "/" }, "0::/user.slice") // => "/sys/fs/cgroup/user.slice"
 */
export function ownGroup(mount: CgroupMount, membership: string): string | undefined {
  const line = membership.split("\n").find((candidate) => isMembership(mount, candidate.split(":")[1]))
  const group = line?.split(":").slice(2).join(":")
  if (group === undefined || group.startsWith("/..")) return undefined
  const root = mount.root === "/" ? "" : mount.root
  if (group !== root && !group.startsWith(`${root}/`)) return undefined
  return `${mount.path}${group.slice(root.length)}`.replace(/\/$/, "")
}

function isMembership(mount: CgroupMount, controllers: string | undefined): boolean {
  if (controllers === undefined) return false
  if (mount.version === 2) return controllers === ""
  return controllers.split(",").some((controller) => mount.controllers.includes(controller))
}
