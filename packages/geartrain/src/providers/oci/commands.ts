import type { PreparedBox } from "../box/backend.ts"
import { programBeside } from "../box/holder/holder-script.ts"
import type { OciRuntime } from "./runtimes.ts"

/** Where a runtime leaves the number of the box's first process, and what it has to say. In the box's folder. */
export const PID_FILE = "pid"
export const LOG_FILE = "backend.log"

/**
 * The argument list that runs a bundle to its end.
 *
 * @param program  Path of the runtime on the host.
 * @see crun(1), runc-run(8)
 */
export function runCommand(
  runtime: OciRuntime,
  program: string,
  prepared: Pick<PreparedBox, "box" | "folder" | "state">,
): readonly string[] {
  const { box, folder, state } = prepared
  return [
    programBeside(state, program),
    ...runtime.withoutCgroups,
    ...["--root", `${state}/backend`],
    ...["--log", `${runtime.logPrefix}${folder}/${LOG_FILE}`, "--log-format", "json"],
    ...["run", "--bundle", folder, "--pid-file", `${folder}/${PID_FILE}`, box.id],
  ]
}
