import { cleanStdio } from "../../system/linux/descriptors.ts"
import { startProcess } from "../../system/process.ts"
import type { BoxOutputs } from "./box-script.ts"
import { BoxStream } from "./box-stream.ts"
import type { BoxCgroup, CgroupLimits } from "./cgroups/box-cgroup.ts"
import type { BoxGroups } from "./cgroups/cgroups.ts"
import type { Holder, SlotEnd } from "./holder/holder.ts"
import { groupFolders, insideCommand } from "./holder/holder-script.ts"
import type { Slots } from "./holder/slots.ts"

/** What comes out of a box. */
export interface BoxStreams {
  readonly stdout: BoxStream
  readonly stderr: BoxStream
}

/** A box's script that runs. */
export interface Launched {
  readonly cgroup: BoxCgroup
  /** Absent on a terminal. */
  readonly streams?: BoxStreams
  readonly ended: Promise<SlotEnd | undefined>
  /** What the tools said that should have started the box. */
  readonly problem: () => string
  /** Gives back what was taken. The box's processes are gone. */
  readonly release: () => Promise<void>
}

/**
 * Runs a box's script in a slot, with what it prints coming to us.
 *
 * @param write  Writes the script for these outputs, and answers with its path.
 */
export async function launchCaptured(
  slots: Slots,
  limits: CgroupLimits,
  write: (outputs: BoxOutputs) => string,
): Promise<Launched> {
  const slot = await slots.take()
  slot.cgroup.limit(limits)
  const { stdout, stderr, ended } = slots.run(slot, write(slot.outputs))
  const streams = { stdout: new BoxStream(stdout), stderr: new BoxStream(stderr) }
  return {
    cgroup: slot.cgroup,
    streams,
    ended,
    problem: () => slots.problem(slot),
    release: async () => {
      streams.stdout.abandon()
      streams.stderr.abandon()
      // Somebody may be reading the last of it for a long time yet; only the pipes' names have to wait for that.
      void Promise.all([streams.stdout.closed, streams.stderr.closed]).then(() => slots.release(slot))
      await slot.cgroup.remove()
    },
  }
}

/** Runs a box's script with the caller's own files or terminal, in its session and process group, so that keys like Ctrl-C work. */
export async function launchOnTerminal(
  holder: Holder,
  groups: BoxGroups,
  run: { readonly limits: CgroupLimits; readonly script: string },
): Promise<Launched> {
  groups.cgroup.limit(run.limits)
  const command = insideCommand(
    { pid: holder.pid, userNamespace: holder.userNamespace, state: holder.setUp.state },
    { groups: groupFolders(holder.setUp).map((folder) => `${folder}/${groups.name}`), script: run.script },
  )
  const { stdio, close } = cleanStdio("inherit")
  const started = await startProcess(command, { stdio: [...stdio], detached: false, cwd: "/" }).finally(close)
  return {
    cgroup: groups.cgroup,
    ended: started.exited.then(({ exitCode }) => ({ code: exitCode ?? 137 })),
    problem: () => "",
    release: () => groups.cgroup.remove(),
  }
}
