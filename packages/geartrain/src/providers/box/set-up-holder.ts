import { readKernelFile } from "../../system/linux/kernel-files.ts"
import { makeFolderOf, writeSmallFile } from "../../system/linux/small-folders.ts"
import { randomHex } from "../../system/random.ts"
import type { Backend } from "./backend.ts"
import { groupMountPoints } from "./cgroups/mounts.ts"
import { firstMounts, type HolderSetUp, MOUNTS, programBeside } from "./holder/holder-script.ts"
import { SLOTS_AT_ONCE } from "./holder/slots.ts"
import type { Machine } from "./machine/machine.ts"
import { makerMark } from "./machine/maker-mark.ts"
import { makeStateFolder } from "./machine/state-folder.ts"

/**
 * Finds out what the holder of a backend has to set up, and makes its folder.
 *
 * @throws {GeartrainError} SYSTEM_REFUSED, with nothing left of it.
 */
export function setUpHolder(backend: Backend, machine: Machine): HolderSetUp {
  return makeStateFolder((folder) => fillFolder(folder, backend, machine))
}

function fillFolder(folder: string, backend: Backend, machine: Machine): HolderSetUp {
  const setUp: HolderSetUp = {
    folder,
    state: `${folder}/state`,
    program: backend.program,
    cgroups: { places: machine.places.map(({ path }) => path), name: `geartrain-${makerMark()}-${randomHex(4)}` },
    countsCpu: machine.places.length === 0,
    ...mountPointsOf(backend),
    slots: SLOTS_AT_ONCE,
  }
  makeFolderOf(setUp.state, { mode: 0o700 })
  writeSmallFile(programBeside(setUp.state, setUp.program), "", 0o600)
  writeSmallFile(`${folder}/${MOUNTS}`, firstMounts(setUp), 0o600)
  return setUp
}

function mountPointsOf(backend: Backend): Pick<HolderSetUp, "hidden" | "readOnly"> {
  const points = groupMountPoints(readKernelFile("/proc/self/mountinfo") ?? "")
  switch (backend.cgroups) {
    case "as-they-are":
      return { hidden: [], readOnly: [] }
    case "read-only":
      return { hidden: [], readOnly: points.map(({ path }) => path) }
    case "hide-unified": {
      const isHybrid = points.some(({ version }) => version === 1)
      return { hidden: points.filter(({ version }) => isHybrid && version === 2).map(({ path }) => path), readOnly: [] }
    }
  }
}
