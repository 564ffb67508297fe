import type { PreparedBox } from "../box/backend.ts"
import { programBeside } from "../box/holder/holder-script.ts"
import type { OciRuntime } from "./runtimes.ts"

/** The description of a bundle. @see OCI runtime specification 1.0.2, bundle.md */
export const CONFIG_FILE = "config.json"

/** Where a runtime leaves the number of the box's first process, and what it has to say. In the box's folder. */
export const PID_FILE = "pid"
export const LOG_FILE = "backend.log"

/**
 * The argument list that runs a bundle to its end.
 *
 * @param program  Path of the runtime on the host.
 * @param at.id  What the runtime calls the box.
 * @see crun(1), runc-run(8)
 */
export function runCommand(
  runtime: OciRuntime,
  program: string,
  at: Pick<PreparedBox, "folder" | "state"> & { readonly id: string },
): readonly string[] {
  const { folder, id, state } = at
  return [
    programBeside(state, program),
    ...runtime.withoutCgroups,
    ...["--root", `${state}/backend`],
    ...["--log", `${runtime.logPrefix}${folder}/${LOG_FILE}`, "--log-format", "json"],
    ...["run", "--bundle", folder, "--pid-file", `${folder}/${PID_FILE}`, id],
  ]
}
