import { delay } from "../../../system/clock.ts"
import {
  listKernelFolder,
  makeKernelFolder,
  readKernelFile,
  removeKernelFolder,
  writeKernelFile,
} from "../../../system/linux/kernel-files.ts"
import { isAbandoned } from "../machine/maker-mark.ts"
import { BoxCgroup } from "./box-cgroup.ts"
import type { CgroupPlace } from "./places.ts"

/** The groups of one box. */
export interface BoxGroups {
  /** Their folder in the provider's group of each place. */
  readonly name: string
  readonly cgroup: BoxCgroup
}

/** The groups of one provider: one in each place, and below it one for each box. */
export interface Cgroups {
  readonly name: string
  readonly places: readonly CgroupPlace[]
  /** Makes the groups of one box. */
  make(): Promise<BoxGroups>
  /** Removes what is left. Boxes have to be gone. */
  remove(): Promise<void>
}

/**
 * Makes the groups of a provider, after removing those that dead programs of ours have left.
 *
 * @param name  Unique: `geartrain-<maker's mark>-<random>`.
 */
export function makeCgroups(places: readonly CgroupPlace[], name: string): Cgroups {
  for (const place of places) {
    sweep(place)
    if (place.version === 2) handDown(place.path, place.controllers)
    makeKernelFolder(`${place.path}/${name}`)
    if (place.version === 2) handDown(`${place.path}/${name}`, place.controllers)
  }
  let made = 0
  return {
    name,
    places,
    make: async () => {
      const box = `box-${made}`
      made += 1
      const groups = places.map((place) => ({ ...place, path: `${place.path}/${name}/${box}` }))
      return { name: box, cgroup: await BoxCgroup.make(groups) }
    },
    remove: async () => {
      for (const { path } of places) await removeTree(`${path}/${name}`)
    },
  }
}

function handDown(path: string, controllers: readonly string[]): void {
  const already = (readKernelFile(`${path}/cgroup.subtree_control`) ?? "").trim().split(" ")
  const missing = controllers.filter((controller) => !already.includes(controller))
  if (missing.length > 0) writeKernelFile(`${path}/cgroup.subtree_control`, missing.map((one) => `+${one}`).join(" "))
}

/** A program that was killed together with its helper leaves empty groups. Whose maker still lives, or who still has processes, stays. */
function sweep(place: CgroupPlace): void {
  for (const entry of listKernelFolder(place.path) ?? []) {
    if (!isAbandoned(entry)) continue
    for (const box of boxesIn(`${place.path}/${entry}`)) removeKernelFolder(`${place.path}/${entry}/${box}`)
    removeKernelFolder(`${place.path}/${entry}`)
  }
}

async function removeTree(path: string): Promise<void> {
  // The kernel counts a process out a moment after it is gone: 1 s is a hundred times what was seen.
  for (let tries = 0; tries < 50; tries += 1) {
    for (const box of boxesIn(path)) removeKernelFolder(`${path}/${box}`)
    if (removeKernelFolder(path)) return
    await delay(20)
  }
}

function boxesIn(path: string): readonly string[] {
  return (listKernelFolder(path) ?? []).filter((entry) => entry.startsWith("box-"))
}
