import { isGeartrainError, type JobRecord, type JsonObject } from "@geartrain/spec"
import type { Engine } from "../../../compose/open-engine.ts"
import type { RestoringStep, WantedOutput } from "../../../engine/freeing/plan-restoring.ts"
import type { RestoredStep } from "../../../engine/freeing/restore-outputs.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { otherwiseLines, restoredLine, restoringLines } from "../../pages/restoring-lines.ts"
import { INPUT_AGAIN, inputsAgain, VERDICT_EXITS, verdictResult } from "../../proof/verdict-answer.ts"
import { watchVerify } from "../../proof/watch-verify.ts"

export const restoreCommand: Command = {
  name: "restore",
  arguments: [
    {
      name: "FILE|JOB[/OUTPUT]|DIGEST",
      says: "A file that a job put out and that is gone; a job, for all its outputs; one of its outputs; or sha256:…",
      complete: "job",
    },
  ],
  flags: {
    output: {
      type: "text",
      short: "o",
      value: "PATH",
      says: "Where to write it: a file, or for a whole job a folder. Default: the FILE that was named; else the store alone",
      complete: "file",
    },
    force: { type: "switch", says: "Write over what is there" },
    "dry-run": { type: "switch", short: "n", says: "Say which jobs would run, in their order, and run none" },
    provider: { type: "text", value: "NAME", says: "Run them with this provider", complete: "provider" },
    ...INPUT_AGAIN,
  },
  examples: [
    {
      command: "gear restore results/mask.nii.gz",
      says: "Make a file again that was freed or deleted, and write it where it was",
    },
    {
      command: "gear restore 0123456789ab --dry-run",
      says: "See what would have to run for the outputs of a job to be there again",
    },
    { command: "gear restore 0123456789ab/mask.nii.gz -o mask.nii.gz", says: "One output, into a file" },
  ],
  notes: [
    "The job that made the bytes is run again from its record, and before it those that made what it reads, as far as that is gone too. Every output is compared; bytes are put back only if they have the digest of the record. Each run is a verification, and is added to the history of its job: gear show JOB.",
    "A FILE that is gone is known by its name alone, with as many of its folders as agree.",
  ],
  ...VERDICT_EXITS,
  exitNotes: {
    0: "the bytes are there, with the digest of the record",
    1: "they came out otherwise: gear explain JOB tells why",
    6: "undecided: they cannot be made again here, since an input, a gear or a provider is gone, or the disk is full",
  },
  run: async (context, given) => {
    const { openEngine } = await import("../../../compose/open-engine.ts")
    const provider = given.text("provider")
    const engine = await openEngine(context.settings(), {
      write: !given.has("dry-run"),
      ...(provider === undefined ? {} : { provider }),
    })
    try {
      const target = await findTarget(given, engine)
      if (target.isThere === true) return tellThere(context, target)
      const { refuseOccupied } = await import("../../../engine/freeing/place-blob.ts")
      // Before anything runs for hours.
      if (target.file !== undefined && !given.has("dry-run"))
        refuseOccupied({ path: target.file, force: given.has("force") })
      const steps = await planSteps(target.wanted, engine, given)
      if (given.has("dry-run")) return tellPlan(context, target.wanted, steps)
      return await carryOut(context, { target, steps, engine, given })
    } finally {
      await engine.close()
    }
  },
}

/** What is wanted, and where it is to be written, if anywhere. */
interface Target {
  readonly wanted: readonly WantedOutput[]
  /** For a single output. */
  readonly file?: string
  /** The file was named and has the bytes already. */
  readonly isThere?: true
  /** For all outputs of a job. */
  readonly folder?: { readonly path: string; readonly job: JobRecord["id"] }
}

async function findTarget(given: Given, engine: Engine): Promise<Target> {
  const { findByName, findWanted } = await import("../../../engine/freeing/find-wanted.ts")
  const word = given.words[0] ?? ""
  const to = given.text("output")
  const wanted = await findWanted(word, engine)
  if (wanted === undefined) {
    const one = (await findByBytes(word, engine)) ?? (await findByName(word, engine))
    const isThere = to === undefined && one.digest === (await digestOf(word))
    return { wanted: [one], file: to ?? word, ...(isThere ? { isThere } : {}) }
  }
  if (to === undefined) return { wanted }
  const [first] = wanted
  const isWholeJob = !word.includes("/") && !word.startsWith("sha256:")
  if (first === undefined || !isWholeJob) {
    const name = first?.path.split("/").at(-1) ?? ""
    return { wanted, file: (await isFolder(to)) ? `${to}/${name}` : to }
  }
  return { wanted, folder: { path: to, job: first.job } }
}

async function findByBytes(file: string, engine: Engine): Promise<WantedOutput | undefined> {
  const { findWanted } = await import("../../../engine/freeing/find-wanted.ts")
  const digest = await digestOf(file)
  if (digest === undefined) return undefined
  try {
    return (await findWanted(digest, engine))?.[0]
  } catch (error) {
    // Bytes that no job put out: another file lies there now, and its name is what is left to go by.
    if (isGeartrainError(error, "OUTPUT_NOT_FOUND")) return undefined
    throw error
  }
}

/** @returns undefined where there is no file to be read. */
async function digestOf(file: string): Promise<WantedOutput["digest"] | undefined> {
  const { readInput } = await import("../../../engine/phases/read-input.ts")
  try {
    return (await readInput("FILE", file)).digest
  } catch (error) {
    if (isGeartrainError(error, "INPUT_NOT_FOUND") || isGeartrainError(error, "INPUT_NOT_A_FILE")) return undefined
    throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  const { stat } = await import("../../../system/files.ts")
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}

function tellThere({ reply }: Context, { wanted, file = "" }: Target): CommandResult {
  const [one] = wanted
  reply.print(
    `"${escapeText(file)}" is whole: it has the bytes of ${reply.id(one?.job ?? "")}/${escapeText(one?.path ?? "")}`,
  )
  return { data: { steps: [], written: [] } }
}

async function planSteps(
  wanted: readonly WantedOutput[],
  engine: Engine,
  given: Given,
): Promise<readonly RestoringStep[]> {
  const [{ planRestoring }, { readAncestry }, { lookAround }, { rememberLost }] = await Promise.all([
    import("../../../engine/freeing/plan-restoring.ts"),
    import("../../../engine/freeing/read-ancestry.ts"),
    import("../../../engine/freeing/read-holdings.ts"),
    import("../../../engine/freeing/restore-outputs.ts"),
  ])
  try {
    return await planRestoring(wanted, await readAncestry(wanted, engine, inputsAgain(given)), lookAround(engine))
  } catch (error) {
    if (isGeartrainError(error, "JOB_NOT_REPLAYABLE") && !given.has("dry-run"))
      await rememberLost(error, wanted, engine)
    throw error
  }
}

function tellPlan({ reply }: Context, wanted: readonly WantedOutput[], steps: readonly RestoringStep[]): CommandResult {
  for (const line of restoringLines(steps, reply.id)) reply.print(line)
  if (steps.length === 0) reply.print(`nothing has to run: ${storedSentence(wanted)}`)
  return { data: { steps: steps.map(stepData), dryRun: true } }
}

function storedSentence(wanted: readonly WantedOutput[]): string {
  if (wanted.length === 0) return "the job has no outputs"
  return wanted.length === 1 ? "the bytes are stored" : `the bytes of all ${wanted.length} outputs are stored`
}

function stepData({ job, outputs }: RestoringStep): JsonObject {
  return {
    job: job.id,
    gear: `${job.gear.name}@${job.gear.version}`,
    tookMs: job.tookMs,
    outputs: outputs.map(({ path, digest, sizeBytes }) => ({ path, digest, sizeBytes })),
  }
}

interface Work {
  readonly target: Target
  readonly steps: readonly RestoringStep[]
  readonly engine: Engine
  readonly given: Given
}

async function carryOut(context: Context, { target, steps, engine, given }: Work): Promise<CommandResult> {
  const { reply } = context
  const [{ restoreOutputs }, { verifyJob }] = await Promise.all([
    import("../../../engine/freeing/restore-outputs.ts"),
    import("../../../engine/again/verify-job.ts"),
  ])
  const named = new Set(target.wanted.map(({ job }) => job))
  const files = inputsAgain(given)
  if (steps.length > 1) for (const line of restoringLines(steps, reply.id)) reply.say(line)
  const done: RestoredStep[] = []
  const verify = (record: JobRecord, wish: { readonly wanted?: ReadonlySet<WantedOutput["digest"]> }) =>
    watchVerify(context, record, (options) =>
      verifyJob(record, engine, { ...options, ...wish, files: named.has(record.id) ? files : {} }),
    )
  for await (const step of restoreOutputs(steps, engine, verify)) {
    done.push(step)
    tellStep(context, step)
  }
  await engine.jobs.markStored(await storedOf(target.wanted, engine))
  const last = done.at(-1)
  const [otherwise] = last?.otherwise ?? []
  if (last !== undefined && otherwise !== undefined) return different(context, { done, last, otherwise })
  const written = await write(target, engine, given.has("force"))
  if (steps.length === 0) reply.print(storedSentence(target.wanted))
  for (const path of written) reply.print(escapeText(path))
  if (written.length === 0 && target.wanted.length > 0)
    reply.say(`→ gear export ${reply.id(target.wanted[0]?.job ?? "")}`)
  return { data: { steps: done.map(doneData), written: [...written] } }
}

/** Also of what was there all along: it may be said to be freed by mistake. */
async function storedOf(wanted: readonly WantedOutput[], { blobs }: Engine): Promise<WantedOutput["digest"][]> {
  const stored: WantedOutput["digest"][] = []
  for (const { digest } of wanted) if ((await blobs.stat(digest)) !== undefined) stored.push(digest)
  return stored
}

function tellStep({ reply, terminal }: Context, step: RestoredStep): void {
  if (step.restored.length > 0) reply.print(restoredLine(step, { paint: terminal.out.paint, id: reply.id }))
}

function different(
  { reply, terminal }: Context,
  what: {
    readonly done: readonly RestoredStep[]
    readonly last: RestoredStep
    readonly otherwise: RestoredStep["otherwise"][number]
  },
): CommandResult {
  const { done, last, otherwise } = what
  for (const line of otherwiseLines(last, { paint: terminal.out.paint, id: reply.id })) reply.print(line)
  reply.say(`→ gear explain ${reply.id(last.record.id)}`)
  const message = `"${otherwise.path}" of job ${last.record.id} came out otherwise, and was not restored`
  const data = { steps: done.map(doneData), written: [] }
  return verdictResult("different", data, { message, fix: `gear explain ${last.record.id}` })
}

async function write(target: Target, engine: Engine, force: boolean): Promise<readonly string[]> {
  if (target.folder !== undefined) {
    const { placeOutputs } = await import("../../../engine/life/place-outputs.ts")
    const record = await engine.jobs.get(target.folder.job)
    return record === undefined ? [] : placeOutputs(record, engine, { folder: target.folder.path, force })
  }
  const [one] = target.wanted
  if (target.file === undefined || one === undefined) return []
  const record = await engine.jobs.get(one.job)
  const output = record?.outputs.find(({ path }) => path === one.path)
  const { placeBlob } = await import("../../../engine/freeing/place-blob.ts")
  await placeBlob(one.digest, engine, { path: target.file, force, executable: output?.executable === true })
  return [target.file]
}

function doneData({ record, job, verification, restored, otherwise }: RestoredStep): JsonObject {
  return {
    job: record.id,
    rerun: job.id,
    provider: verification.provider,
    verdict: verification.verdict,
    restored: restored.map(({ path, digest, sizeBytes }) => ({ path, digest, sizeBytes })),
    otherwise: otherwise.map(({ path, digest, now }) => ({ path, digest, now: now ?? null })),
  }
}
