import { type Digest, GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { RunEvent, RunId, WorkflowPlan } from "@geartrain/spec/workflow"
import { createAtomically, syncFolder } from "../../system/atomic-write.ts"
import { mkdir, open, readdir, readFile, rename, rm, stat } from "../../system/files.ts"
import { sha256 } from "../../system/hash.ts"
import { randomHex } from "../../system/random.ts"
import { readLines } from "../../system/read-chunks.ts"
import { systemCode } from "../../system/system-code.ts"
import { MOST_PLAN_BYTES } from "../plan/document/read-plan.ts"
import { writePlanInto } from "../plan/document/write-plan.ts"
import { RUN_FORMAT, type RunHeader } from "./fold-run.ts"

/**
 * A run on disk. The plan and the events are all that it is.
 *
 *   <home>/runs/<id>/
 *     run.json        RunHeader
 *     plan.json       WorkflowPlan, as it was planned
 *     events.jsonl    RunEvent, one a line; only ever added to
 *     request.json    what another process wants of whoever runs it, see `run-request.ts`
 *     lock            held while it is run
 *     owner.json      the process that has it, for whoever looks and wants nothing
 */
export interface StoredRun {
  readonly folder: string
  readonly header: RunHeader
  readonly plan: WorkflowPlan
  readonly events: readonly RunEvent[]
}

export function eventsFile(folder: string): string {
  return `${folder}/events.jsonl`
}

/**
 * Makes the folder of a run: whole, or not at all.
 *
 * @param runs  `<home>/runs`.
 */
export async function createRun(
  runs: string,
  plan: WorkflowPlan,
  about: Omit<RunHeader, "format" | "plan">,
): Promise<StoredRun> {
  const folder = `${runs}/${about.id}`
  const making = `${runs}/.${randomHex(6)}.tmp`
  await mkdir(making, { recursive: true, mode: 0o700 })
  try {
    const header: RunHeader = { format: RUN_FORMAT, ...about, plan: await storePlan(`${making}/plan.json`, plan) }
    await createAtomically(`${making}/run.json`, `${JSON.stringify(header, undefined, 2)}\n`, { mode: 0o600 })
    await rename(making, folder)
    await syncFolder(runs)
    return { folder, header, plan, events: [] }
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    throw error
  }
}

function tooLarge(size: number): GeartrainError {
  return new GeartrainError(
    "WORKFLOW_TOO_LARGE",
    `Cannot begin the run: its plan has ${size} bytes, and one of more than ${MOST_PLAN_BYTES} could not be taken up again`,
    { details: { size, most: MOST_PLAN_BYTES }, hint: "Split the workflow, or give jobs more to do each" },
  )
}

/** @returns the digest of its bytes. @throws {GeartrainError} WORKFLOW_TOO_LARGE */
async function storePlan(path: string, plan: WorkflowPlan): Promise<Digest> {
  const file = await open(path, "wx", 0o600)
  try {
    const digest = await writePlanInto(file, plan)
    const { size } = await file.stat()
    if (size > MOST_PLAN_BYTES) throw tooLarge(size)
    await file.sync()
    return digest
  } finally {
    await file.close()
  }
}

/** @throws {GeartrainError} WORKFLOW_RUN_DAMAGED when its files are not those that were written. */
export async function readRun(folder: string): Promise<StoredRun> {
  const header = await readHeader(folder)
  const text = await readText(folder, "plan.json")
  const found = sha256(Buffer.from(text))
  if (found !== header.plan) throw damaged(folder, `its plan has digest ${found}, and ${header.plan} was written`)
  return { folder, header, plan: parse<WorkflowPlan>(folder, "plan.json", text), events: await readEvents(folder) }
}

/** @throws {GeartrainError} WORKFLOW_RUN_DAMAGED */
export async function readHeader(folder: string): Promise<RunHeader> {
  const header = parse<RunHeader>(folder, "run.json", await readText(folder, "run.json"))
  if (header.format === RUN_FORMAT) return header
  throw damaged(folder, `its format is "${String(header.format)}", and this program knows "${RUN_FORMAT}"`)
}

/** Whether anything has happened in a run. */
export async function hasBegun(folder: string): Promise<boolean> {
  try {
    return (await stat(eventsFile(folder))).size > 0
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false
    throw error
  }
}

/** An open step that becomes a million jobs is one event. */
const LONGEST_EVENT_BYTES = 480 * 1024 ** 2

/** What has happened so far. A last line that is not whole is passed over: it is being written, or its writer was killed. */
async function readEvents(folder: string): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = []
  const where = (): string => `events.jsonl, line ${events.length + 1}`
  const tooLong = () => damaged(folder, `${where()} is too long`)
  try {
    for await (const line of readLines(eventsFile(folder), { longestBytes: LONGEST_EVENT_BYTES, tooLong })) {
      if (line.endsWith("\n")) events.push(parse<RunEvent>(folder, where(), line))
    }
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error
  }
  return events
}

/**
 * Finds the run that a word means: its id, its first digits (4 or more), or `latest`.
 *
 * @throws {GeartrainError} WORKFLOW_RUN_NOT_FOUND, WORKFLOW_RUN_AMBIGUOUS
 */
export async function findRun(runs: string, word: string): Promise<string> {
  const ids = await listRuns(runs)
  const found = word === "latest" ? await latest(runs, ids) : ids.filter((id) => isPrefix(word) && id.startsWith(word))
  const [first, second] = found
  if (first === undefined) {
    const is = word === "latest" ? "nothing was run yet" : "no run has an id that begins so"
    throw new GeartrainError("WORKFLOW_RUN_NOT_FOUND", `Cannot find run "${word}": ${is}`, {
      details: { run: word },
      hint: word === "latest" ? "Run one: gear workflow run FILE" : "List the runs: gear workflow ls",
    })
  }
  if (second !== undefined) {
    const message = `Cannot find run "${word}": several ids begin so, such as ${first} and ${second}`
    throw new GeartrainError("WORKFLOW_RUN_AMBIGUOUS", message, {
      details: { run: word },
      hint: "Write more digits of the id",
    })
  }
  return `${runs}/${first}`
}

/** Ids of all runs. */
export async function listRuns(runs: string): Promise<readonly RunId[]> {
  try {
    return (await readdir(runs)).filter((name) => /^[0-9a-f]{24}$/.test(name))
  } catch (error) {
    if (systemCode(error) === "ENOENT") return []
    throw error
  }
}

function isPrefix(word: string): boolean {
  return /^[0-9a-f]{4,24}$/.test(word)
}

async function latest(runs: string, ids: readonly RunId[]): Promise<readonly RunId[]> {
  let newest: RunHeader | undefined
  for (const id of ids) {
    const header = await readableHeader(`${runs}/${id}`)
    if (header === undefined) continue
    if (newest === undefined || header.created > newest.created) newest = header
  }
  return newest === undefined ? [] : [newest.id]
}

/** Undefined for one that is damaged, or is being removed: it keeps nobody from the others, and whoever names it hears of it. */
export async function readableHeader(folder: string): Promise<RunHeader | undefined> {
  try {
    return await readHeader(folder)
  } catch (error) {
    if (isGeartrainError(error, "WORKFLOW_RUN_DAMAGED")) return undefined
    throw error
  }
}

async function readText(folder: string, name: string): Promise<string> {
  try {
    return await readFile(`${folder}/${name}`, "utf8")
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error
    throw damaged(folder, `it has no ${name}`)
  }
}

function parse<Value>(folder: string, what: string, text: string): Value {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null) return value as Value
  } catch {
    // Said below.
  }
  throw damaged(folder, `${what} cannot be read`)
}

function damaged(folder: string, is: string): GeartrainError {
  return new GeartrainError("WORKFLOW_RUN_DAMAGED", `Cannot read the run in "${folder}": ${is}`, {
    details: { folder },
    hint: "Run the workflow again: what was done is found by its content",
  })
}
