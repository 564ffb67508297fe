import { type Digest, GeartrainError, isDigest, isGeartrainError, type JsonObject } from "@geartrain/spec"
import type { FileOrigin, OriginStep } from "../../../engine/proof/trace-origin.ts"
import type { Command, CommandResult, Context } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { originLines } from "../../pages/origin-lines.ts"

export const whenceCommand: Command = {
  name: "whence",
  arguments: [
    {
      name: "FILE",
      says: "A file, wherever it lies and whatever it is called; or a digest, sha256:…",
      complete: "file",
    },
  ],
  flags: {},
  examples: [
    { command: "gear whence figure-2.csv", says: "Which job made this file, from what; and what was made from it" },
    { command: "gear whence sha256:⟨64 digits⟩ --json", says: "The same for bytes that are not at hand" },
  ],
  notes: ["Files are known by their bytes: names, folders and dates do not count."],
  exits: "answer",
  exitNotes: { 0: "a job made or read these bytes", 1: "no recorded job did" },
  run: async (context, given) => {
    const word = given.words[0] ?? ""
    const digest = isDigest(word) ? word : await hashFile(word)
    const [{ openRecords }, { traceOrigin }] = await Promise.all([
      import("../../../compose/stores/open-records.ts"),
      import("../../../engine/proof/trace-origin.ts"),
    ])
    const records = await openRecords(context.settings())
    try {
      const backward = await traceOrigin({ digest, name: word }, "backward", records)
      const forward = await traceOrigin({ digest, name: word }, "forward", records)
      return tell(context, { backward, forward })
    } finally {
      await records.close()
    }
  },
}

async function hashFile(path: string): Promise<Digest> {
  const { readInput } = await import("../../../engine/phases/read-input.ts")
  try {
    return (await readInput("FILE", path)).digest
  } catch (error) {
    if (!isGeartrainError(error, "INPUT_NOT_FOUND")) throw error
    throw new GeartrainError("INPUT_NOT_FOUND", `Cannot tell where "${path}" came from: there is no such file`, {
      details: { path },
      hint: "Give the path of a file, or a digest: sha256:⟨64 digits⟩",
      cause: error,
    })
  }
}

function tell(
  context: Context,
  { backward, forward }: { readonly backward: FileOrigin; readonly forward: FileOrigin },
): CommandResult {
  const { reply, terminal } = context
  const data = { digest: backward.digest, madeBy: stepsData(backward), readBy: stepsData(forward) }
  reply.print(`${escapeText(backward.name)}  ${backward.digest}`)
  if (backward.steps.length === 0 && forward.steps.length === 0) {
    reply.print("no recorded job made or read these bytes")
    return { data, exitCode: EXIT_CODES.NO, error: UNKNOWN }
  }
  for (const line of originLines(backward, forward, { paint: terminal.out.paint, id: reply.id })) reply.print(line)
  return { data }
}

const UNKNOWN = {
  code: "UNKNOWN_FILE",
  message: "No recorded job made or read these bytes",
  fix: null,
  docs: "gear help whence",
  culprit: "unknown",
  retryable: false,
} as const

function stepsData(origin: FileOrigin): readonly JsonObject[] {
  return origin.steps.map((step: OriginStep) => ({
    job: step.job.id,
    gear: `${step.job.gear.name}@${step.job.gear.version}`,
    gearId: step.job.gear.id,
    state: step.job.state,
    created: step.job.created,
    ...freedSince(step, origin.digest),
    names: step.names,
    next: step.next.map((file) => ({
      name: file.name,
      digest: file.digest,
      jobs: stepsData(file),
      ...(file.cut === true ? { cut: true } : {}),
    })),
  }))
}

/** Since when the bytes that the job made are no longer stored: gear restore makes them again. */
function freedSince({ job }: OriginStep, digest: Digest): { readonly freed?: string } {
  const since = job.outputs.find((output) => output.digest === digest)?.freed
  return since === undefined ? {} : { freed: since }
}
