import type { BackendCommand } from "../backend.ts"
import { shellWord, shellWords } from "../holder/shell-words.ts"
import { type OverlayParts, overlayOptions } from "../root/overlay.ts"

/** Where a box prints: pipes, by their paths in the holder's mount namespace. */
export interface BoxOutputs {
  readonly stdout: string
  readonly stderr: string
}

/** What a box's script needs to know beyond the backend's command. */
export interface BoxScriptParts {
  /** In the holder's mount namespace, without odd characters. */
  readonly folder: string
  /** Absent: the root filesystem is mounted already. */
  readonly overlay?: OverlayParts
  /** Where stdout and stderr go; absent: where those of the caller go. */
  readonly outputs?: BoxOutputs
  readonly command: BackendCommand
  /** Words before the backend's that hold it, and all that it starts, to something. */
  readonly holding?: readonly string[]
  /** Words of a program that all this runs under; see `Box.around`. */
  readonly around?: readonly string[]
}

/**
 * The script that makes a box, run by a shell in the holder's namespaces: mounts its root filesystem, unless that was done, and becomes the backend.
 *
 *   <folder>/root      where the root filesystem is mounted
 *   <folder>/layer     a link to where the box writes: its folders `upper` and `work`, which is the kernel's own
 *   <folder>/memory    instead of it where the disk cannot hold such a layer (one that is itself a layer, as in a container, or a network's)
 *
 * A link, since mount options have no good way to write a comma.
 */
export function boxScript(parts: BoxScriptParts): string {
  const { command, outputs, holding = [], around = [] } = parts
  // A machine may refuse it, and that would look like the gear's own failure.
  const before = [...around, ...holding]
  const tried = before.length === 0 ? "" : `${shellWords([...before, "true"])} || exit 125\n`
  const redirections =
    outputs === undefined ? "" : `</dev/null >${shellWord(outputs.stdout)} 2>${shellWord(outputs.stderr)}`
  const last = `${command.before ?? ":"}
exec ${shellWords([...holding, ...command.words])} ${command.redirections ?? ""} ${redirections} 3>&-`
  // Limits of the box are not for what is around it, nor are the box's outputs.
  const start = around.length === 0 ? last : `exec ${shellWords([...around, "sh", "-c", last])} 3>&-`
  return `cd ${shellWord(parts.folder)} || exit 125
${parts.overlay === undefined ? "" : `${mounting(parts.overlay)} || exit 125\n`}${tried}${start}
`
}

/**
 * The script that only mounts the root filesystem of a box; its exit code tells whether it could.
 *
 * @param problem  Name of a file in the folder for what mount(8) says then.
 */
export function mountScript(folder: string, overlay: OverlayParts, problem: string): string {
  return `cd ${shellWord(folder)} && { ${mounting(overlay)}; } 2>${shellWord(problem)}\n`
}

function mounting(overlay: OverlayParts): string {
  const mountOver = (writable: string): string =>
    `mount -i -n -t overlay -o ${overlayOptions(overlay, writable)} overlay root`
  return `${mountOver("layer")} 2>/dev/null || {
  mkdir memory memory/upper memory/work && ${mountOver("memory")}
}`
}
