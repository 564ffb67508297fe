import { isDigest } from "@geartrain/spec"
import { isHowToRun, isOptions, isRunLimits } from "./how-to-run.ts"

type Members = Readonly<Record<string, unknown>>

/**
 * The first thing that is wrong with a plan of the right format, as the end of a sentence. It is asked by everybody who reads one, so it goes through the
 * jobs once.
 */
export function findPlanFault(plan: Members): string | undefined {
  for (const [name, is] of Object.entries(MEMBERS))
    if (!is(plan[name])) return `its "${name}" is not what a plan has there`
  const jobs = plan["jobs"] as readonly unknown[]
  const open = plan["open"] as readonly unknown[]
  const opens = new Set<string>()
  for (const step of open) {
    if (!isOpenStep(step)) return "an open step in it is not what a plan has there"
    if (opens.has(step.step)) return `open step ${JSON.stringify(step.step)} is in it twice`
    opens.add(step.step)
  }
  const seen = new Set<string>()
  for (const [index, job] of jobs.entries()) {
    const fault = jobFault(job, { index, seen, opens })
    if (fault !== undefined) return fault
    seen.add((job as Members)["key"] as string)
  }
  return findDangling(plan, { seen, opens })
}

const MEMBERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  created: isText,
  engine: isText,
  workflow: (value) => isMembers(value) && isText(value["name"]) && isDigestText(value["digest"]),
  documents: (value) =>
    isMembers(value) &&
    Object.values(value).every((one) => isMembers(one) && isSteps(one["steps"]) && isRunLimits(one["limits"])),
  parameters: isMembers,
  inputs: isFileLists,
  files: (value) => value === undefined || isFileLists(value),
  gears: (value) =>
    isMembers(value) && Object.values(value).every((gear) => isMembers(gear) && isDigestText(gear["id"])),
  options: isOptions,
  jobs: Array.isArray,
  open: Array.isArray,
  cleanup: (value) => isList(value, (one) => isMembers(one) && isText(one["job"]) && isTexts(one["after"])),
  transfers: (value) => isList(value, (one) => isMembers(one) && isText(one["kind"]) && isTexts(one["sources"])),
  outputs: (value) => isMembers(value) && Object.values(value).every(isInput),
}

function isSteps(value: unknown): boolean {
  return isMembers(value) && Object.values(value).every(isMembers)
}

interface Known {
  readonly seen: ReadonlySet<string>
  readonly opens: ReadonlySet<string>
}

function jobFault(job: unknown, { index, ...known }: Known & { readonly index: number }): string | undefined {
  if (!isMembers(job) || !isText(job["key"])) return `job ${index + 1} in it has no key`
  const key = job["key"]
  const what = `job ${JSON.stringify(key.slice(0, 200))}`
  if (known.seen.has(key)) return `${what} is in it twice`
  const { gear, action, inputs, after, afterOpen = [] } = job
  if (!isDigestText(gear)) return `${what} has no gear`
  if (!ACTIONS.has(action)) return `${what} has no action that is known`
  if (!isText(job["step"]) || !isMembers(job["config"]) || !isMembers(job["policy"]) || !isMembers(job["reason"]))
    return `${what} is not what a plan has there`
  if (!isMembers(inputs) || !Object.values(inputs).every(isInput)) return `${what} has inputs that cannot be read`
  if (!isTexts(after) || !isTexts(afterOpen)) return `${what} does not say what it comes after`
  // Each comes after all that it waits for, so that there can be no circle.
  const lost = after.find((other) => !known.seen.has(other))
  if (lost !== undefined) return `${what} comes before ${JSON.stringify(lost)}, for which it waits`
  const unopened = afterOpen.find((step) => !known.opens.has(step))
  if (unopened !== undefined) return `${what} waits for open step ${JSON.stringify(unopened)}, which is not there`
  if (!isHowToRun(job)) return `${what} does not say how it is run, or so that it cannot be`
  if (action === "reuse" && !isText(job["reuses"])) return `${what} does not say what it reuses`
  return danglingInput(Object.values(inputs), { known, what })
}

const ACTIONS: ReadonlySet<unknown> = new Set(["run", "reuse", "await", "skip"])

function danglingInput(
  inputs: readonly unknown[],
  { known, what }: { readonly known: Known; readonly what: string },
): string | undefined {
  for (const input of inputs) {
    for (const part of ((input as Members)["parts"] ?? []) as readonly Members[]) {
      if (part["digest"] !== undefined) continue
      const lost = ((part["jobs"] ?? []) as readonly string[]).find((key) => !known.seen.has(key))
      if (lost !== undefined) return `${what} reads of ${JSON.stringify(lost)}, which does not come before it`
      const step = part["step"]
      if (isText(step) && !known.opens.has(step))
        return `${what} reads of open step ${JSON.stringify(step)}, which is not there`
    }
  }
  return undefined
}

function findDangling(plan: Members, known: Known): string | undefined {
  for (const { step, awaits } of plan["open"] as readonly OpenStepText[]) {
    const lost = awaits.find((other) => !known.seen.has(other) && !known.opens.has(other))
    if (lost !== undefined)
      return `open step ${JSON.stringify(step)} waits for ${JSON.stringify(lost)}, which is not there`
  }
  for (const { job, after } of plan["cleanup"] as readonly {
    readonly job: string
    readonly after: readonly string[]
  }[]) {
    const lost = [job, ...after].find((key) => !known.seen.has(key))
    if (lost !== undefined) return `its clean-up speaks of ${JSON.stringify(lost)}, which is not there`
  }
  return danglingInput(Object.values(plan["outputs"] as Members), { known, what: "an output of the workflow" })
}

interface OpenStepText {
  readonly step: string
  readonly awaits: readonly string[]
}

function isOpenStep(value: unknown): value is OpenStepText {
  return isMembers(value) && isText(value["step"]) && isDigestText(value["gear"]) && isTexts(value["awaits"])
}

function isInput(value: unknown): boolean {
  if (!isMembers(value) || !TAKES.has(value["takes"])) return false
  return value["parts"] === undefined || isList(value["parts"], isPart)
}

const TAKES: ReadonlySet<unknown> = new Set(["file", "files", "folder", "value"])

function isPart(value: unknown): boolean {
  if (!isMembers(value)) return false
  if (value["digest"] !== undefined) return isFile(value)
  const isPicked = [value["output"], value["files"]].every((pick) => pick === undefined || isText(pick))
  return isPicked && (value["jobs"] === undefined ? isText(value["step"]) : isTexts(value["jobs"]))
}

function isFileLists(value: unknown): boolean {
  return isMembers(value) && Object.values(value).every((files) => isList(files, isFile))
}

function isFile(value: unknown): boolean {
  return (
    isMembers(value) &&
    isText(value["name"]) &&
    isDigestText(value["digest"]) &&
    Number.isSafeInteger(value["sizeBytes"]) &&
    (value["path"] === undefined || isText(value["path"])) &&
    (value["executable"] === undefined || value["executable"] === true)
  )
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === "string"
}

function isDigestText(value: unknown): boolean {
  return isText(value) && isDigest(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return isList(value, isText)
}

function isList(value: unknown, is: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is)
}
