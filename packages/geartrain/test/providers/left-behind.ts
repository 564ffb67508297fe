import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { setTimeout } from "node:timers/promises"

/**
 * What a program with this process id has left on the machine, as sentences: folders, control groups, and processes that have the marker in
 * their command line or are in the program's own namespaces. Waits for the kernel to tidy up; none in the end means that nothing was left.
 */
export async function leftBehindBy(pid: number, marker: string): Promise<readonly string[]> {
  const boxes = new RegExp(`geartrain-boxes-\\d+-${pid}-`)
  for (let tries = 0; ; tries += 1) {
    const left = [
      ...readdirSync(tmpdir())
        .filter((name) => boxes.test(name))
        .map((name) => `folder ${name}`),
      ...groupsOf(pid).map((path) => `control group ${path}`),
      ...processesWith(marker).map((line) => `process ${line}`),
      ...mountsWith(boxes).map((line) => `mount ${line}`),
    ]
    if (left.length === 0 || tries >= 100) return left
    await setTimeout(100)
  }
}

/** Children of a process; none of one that has ended. */
export function childrenOf(pid: number): readonly number[] {
  return read(`/proc/${pid}/task/${pid}/children`)
    .split(" ")
    .filter((word) => word !== "")
    .map(Number)
}

function groupsOf(pid: number): readonly string[] {
  if (!existsSync("/sys/fs/cgroup")) return []
  // Groups of others come and go while find looks, which makes it fail and tells nothing about ours.
  const found = spawnSync("find", ["/sys/fs/cgroup", "-name", `geartrain-*-${pid}-*`], { encoding: "utf8" }).stdout
  return found.split("\n").filter((path) => path !== "")
}

function processesWith(marker: string): readonly string[] {
  return pids().flatMap((pid) => {
    const line = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ")
    return line.includes(marker) && pid !== process.pid ? [`${pid} ${line}`] : []
  })
}

/** In the mount namespace of any process. */
function mountsWith(text: RegExp): readonly string[] {
  return pids().flatMap((pid) =>
    read(`/proc/${pid}/mounts`)
      .split("\n")
      .filter((line) => text.test(line)),
  )
}

function pids(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    // Gone, or somebody else's.
    return ""
  }
}
