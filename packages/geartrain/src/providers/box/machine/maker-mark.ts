import { ownIdentity } from "../../../system/host.ts"
import { readKernelFile } from "../../../system/linux/kernel-files.ts"

/**
 * Names this process, for folders and control groups that should not outlive it: `<number of its process namespace>-<process id>`. The id alone
 * would not do, since a program in a container shares folders and groups with us, and sees none of our processes.
 */
export function makerMark(): string {
  const { pid, startTime } = ownIdentity()
  return `${startTime.split("@")[2] ?? "0"}-${pid}`
}

/**
 * Whether what has this name was made by a process of ours that is gone.
 *
 * @param name  With the maker's mark at its end, and after that only a dash and letters and digits.
 */
export function isAbandoned(name: string): boolean {
  const [, namespace, pid] = /^geartrain-(?:boxes-)?(\d+)-(\d+)-[0-9A-Za-z]+$/.exec(name) ?? []
  if (namespace === undefined || namespace !== makerMark().split("-")[0]) return false
  return readKernelFile(`/proc/${pid}/stat`) === undefined
}
