import { givesFilesAway, hostFacts, isRoot } from "../../../system/host.ts"
import { type CgroupPlace, cgroupPlaces } from "../cgroups/places.ts"

/** What this machine lets this user do, as far as it can be read and need not be tried. */
export interface Machine {
  /** The caller is not root, and has to become root of a user namespace to mount anything. */
  readonly userNamespace: boolean
  /** Root of the machine itself, not only of a namespace. */
  readonly isMachineRoot: boolean
  readonly places: readonly CgroupPlace[]
  /** Layers may leave out what makes them survive a crash: Linux 5.10. @see overlayfs.rst, "Volatile mount" */
  readonly volatileLayers: boolean
}

export function readMachine(): Machine {
  return {
    userNamespace: !isRoot(),
    isMachineRoot: givesFilesAway(),
    places: cgroupPlaces(),
    volatileLayers: isAtLeast(hostFacts().kernel, [5, 10]),
  }
}

/**
 * @example
 *   isAtLeast("6.1.0-13-amd64", [5, 10]) // => true
 *   isAtLeast("5.4.0", [5, 10]) // => false
 */
export function isAtLeast(kernel: string, wanted: readonly [number, number]): boolean {
  const [major, minor] = kernel.split(".").map((part) => Number.parseInt(part, 10))
  return (major ?? 0) > wanted[0] || (major === wanted[0] && (minor ?? 0) >= wanted[1])
}
