import { dirname } from "node:path"
import type { JobRecord } from "@geartrain/spec"
import { copyFile, mkdir, rm } from "../../system/files.ts"
import { randomHex } from "../../system/random.ts"
import type { EnginePorts } from "../engine-ports.ts"
import { type JobFolders, jobFolders } from "../job-folders.ts"
import { type JobPlan, planJob } from "../phases/plan-job.ts"
import { rootOf } from "../phases/root-of.ts"
import { boxOf, stageJob } from "../phases/stage-job.ts"
import { replayRequest } from "./replay-request.ts"

export interface DebugOptions {
  /** Run the gear's command first, so that the shell opens in just the state that it leaves. */
  readonly rerun?: boolean
  readonly files?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/**
 * Opens a shell on the caller's terminal where a job was: the same gear, inputs, config, environment and seals, and its outputs put back.
 *
 * Nothing that is done in it is recorded or kept.
 *
 * @returns the exit code of the shell.
 */
export async function debugJob(record: JobRecord, ports: EnginePorts, options: DebugOptions = {}): Promise<number> {
  const provider = await ports.provider()
  const request = await replayRequest(record, ports, { files: options.files ?? {} })
  const plan = await planJob(request, { ports, provider, id: randomHex(12) }, options.signal)
  const folders = jobFolders(ports.workFolder, plan.id)
  try {
    const mounts = await stageJob(folders, plan)
    await restoreOutputs(record, folders, ports)
    const box = boxOf({ ...plan, root: await rootOf(plan, ports), folders, mounts })
    const container = await provider.start({
      ...box,
      command: shellFor(plan, options.rerun === true),
      streams: "terminal",
    })
    try {
      return (await container.wait()).code
    } finally {
      await container.delete()
    }
  } finally {
    await rm(folders.base, { recursive: true, force: true })
  }
}

/** bash is in every gear: the specification asks for it. */
function shellFor(plan: JobPlan, rerun: boolean): readonly string[] {
  const hint = `echo "The gear's command is: $GEAR_COMMAND" >&2`
  const command = plan.process.command.map(quote).join(" ")
  const first = rerun ? `${command}; echo "It ended with exit code $?" >&2; ` : ""
  return ["bash", "-c", `GEAR_COMMAND=${quote(command)}; ${hint}; ${first}exec bash`]
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

async function restoreOutputs(
  record: JobRecord,
  folders: JobFolders,
  ports: Pick<EnginePorts, "blobs">,
): Promise<void> {
  for (const output of record.outputs) {
    const source = await ports.blobs.locate(output.digest)
    // Outputs whose bytes are gone are no reason to refuse the shell.
    if (source === undefined) continue
    const target = `${folders.output}/${output.path}`
    await mkdir(dirname(target), { recursive: true })
    await copyFile(source, target)
  }
}
