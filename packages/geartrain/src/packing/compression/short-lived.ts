import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

type Collect = (options: { readonly type: "minor" }) => void

let collect: Collect | undefined

/**
 * Frees buffers that were used a moment ago. Their bytes are not in the part of memory whose size makes V8 look for garbage, so a stream of them takes
 * 60 MB more than it needs; to look through what is new takes a millisecond.
 *
 * @see https://nodejs.org/docs/latest-v24.x/api/cli.html, `--expose-gc`: also for what is exposed later
 */
export function freeShortLived(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc")
    collect = runInNewContext("gc") as Collect
    // Code that is kept for later runs would be refused in them: V8 takes none of a run with other flags.
    setFlagsFromString("--no-expose-gc")
  }
  collect({ type: "minor" })
}
