import { cleanStdio } from "../../../system/linux/descriptors.ts"
import { writeSmallFile } from "../../../system/linux/small-folders.ts"
import { startProcess } from "../../../system/process.ts"
import type { BackendStart } from "../backend.ts"
import type { BoxCgroup, CgroupLimits } from "../cgroups/box-cgroup.ts"
import type { BoxGroups } from "../cgroups/cgroups.ts"
import type { Holder, SlotEnd } from "../holder/holder.ts"
import { groupFolders, insideCommand } from "../holder/holder-script.ts"
import type { RunningSlot, Slot, Slots } from "../holder/slots.ts"
import type { BoxFolder } from "../root/box-folder.ts"
import type { OverlayParts } from "../root/overlay.ts"
import { type BoxOutputs, boxScript } from "./box-script.ts"
import { BoxStream } from "./box-stream.ts"

/** A box that is to be launched. */
export interface LaunchPlan {
  readonly folder: BoxFolder
  /** Absent: the root filesystem is mounted already. */
  readonly overlay?: OverlayParts
  readonly limits: CgroupLimits
  /** Words before the backend's; see `box-script.ts`. */
  readonly holding: readonly string[]
  readonly around: readonly string[]
  /** @param folder  Where the backend is to keep its files, in the holder's mount namespace. */
  readonly prepare: (folder: string) => BackendStart
}

/** What comes out of a box. */
export interface BoxStreams {
  readonly stdout: BoxStream
  readonly stderr: BoxStream
}

/** A box whose backend runs. */
export interface Launched {
  /** Where the backend keeps its files, as this process can read it. */
  readonly folder: string
  readonly cgroup: BoxCgroup
  /** Absent on a terminal. */
  readonly streams?: BoxStreams
  readonly ended: Promise<SlotEnd | undefined>
  /** What the tools said that should have started the box. */
  readonly problem: () => string
  /** Gives back what was taken. The box's processes are gone. */
  readonly release: () => Promise<void>
}

/** Runs a box's script in a slot, with what it prints coming to us. */
export async function launchCaptured(slots: Slots, plan: LaunchPlan): Promise<Launched> {
  const slot = await slots.takeWaiting()
  slot.cgroup.limit(plan.limits)
  return launchedIn(slots, slot, { folder: plan.folder.view, ...slots.run(slot, writeScript(plan, slot.outputs)) })
}

/** What was launched in a slot. */
export function launchedIn(slots: Slots, slot: Slot, running: RunningSlot & { readonly folder: string }): Launched {
  const streams = { stdout: new BoxStream(running.stdout), stderr: new BoxStream(running.stderr) }
  return {
    folder: running.folder,
    cgroup: slot.cgroup,
    streams,
    ended: running.ended,
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
export async function launchOnTerminal(holder: Holder, groups: BoxGroups, plan: LaunchPlan): Promise<Launched> {
  groups.cgroup.limit(plan.limits)
  const command = insideCommand(
    { pid: holder.pid, userNamespace: holder.userNamespace, state: holder.setUp.state },
    { groups: groupFolders(holder.setUp).map((folder) => `${folder}/${groups.name}`), script: writeScript(plan) },
  )
  const { stdio, close } = cleanStdio("inherit")
  const started = await startProcess(command, { stdio: [...stdio], detached: false, cwd: "/" }).finally(close)
  return {
    folder: plan.folder.view,
    cgroup: groups.cgroup,
    ended: started.exited.then(({ exitCode }) => ({ code: exitCode ?? 137 })),
    problem: () => "",
    release: () => groups.cgroup.remove(),
  }
}

/** Writes what the backend wants and the box's script, and answers with the script's path. */
function writeScript({ folder, overlay, prepare, ...rest }: LaunchPlan, outputs?: BoxOutputs): string {
  const { command, files } = prepare(folder.inside)
  // Among them is the gear's environment, which may have keys in it.
  for (const [name, content] of Object.entries(files)) writeSmallFile(`${folder.view}/${name}`, content, 0o600)
  const script = boxScript({
    folder: folder.inside,
    ...(overlay === undefined ? {} : { overlay }),
    ...(outputs === undefined ? {} : { outputs }),
    command,
    holding: rest.holding,
    around: rest.around,
  })
  writeSmallFile(`${folder.view}/box.sh`, script, 0o600)
  return `${folder.inside}/box.sh`
}
