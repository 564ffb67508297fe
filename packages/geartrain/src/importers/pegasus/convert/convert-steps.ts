import type { GearStep } from "@geartrain/spec/workflow"
import { type AbstractJob, writesFile } from "../workflow/abstract-workflow.ts"
import type { Profiles } from "../workflow/profiles.ts"
import type { ReadFile } from "./join-files.ts"
import { notConvertible } from "./not-convertible.ts"
import { splitArguments } from "./split-arguments.ts"
import { environmentOf, policyOf } from "./step-policy.ts"
import type { TakenOver } from "./take-over.ts"

/** Makes a step of a job. @param profiles  Of the job with those of its program and of the workflow. */
export function convertStep(
  job: AbstractJob,
  {
    gear,
    profiles,
    reads,
    after,
    from,
    rows,
  }: {
    readonly gear: string
    readonly profiles: Profiles
    readonly reads: readonly ReadFile[]
    readonly after: readonly string[]
    /** The workflow's file. */
    readonly from: string
    readonly rows: TakenOver[]
  },
): GearStep {
  const config = {
    arguments: lines(splitArguments(job.arguments), job, rows),
    files: layoutOf(reads),
    outputs: outputsOf(job, rows),
    environment: environmentOf(profiles, rows),
    stdin: job.stdin ?? "",
    stdout: job.stdout ?? "",
    stderr: job.stderr ?? "",
  }
  for (const [name, value] of Object.entries(config)) refuseLong(name, value, { job, from })
  tellUses(job, rows)
  return {
    ...(job.label === undefined ? {} : { description: job.label }),
    gear,
    ...(reads.length === 0 ? {} : { inputs: { files: reads.map(({ source }) => source) } }),
    config: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== "")),
    ...(after.length === 0 ? {} : { after }),
    ...policyOf(profiles, rows),
  }
}

/** A gear has each value as a variable, and Linux gives a program none of more than 128 KiB. */
const MOST_VALUE_BYTES = 128 * 1024 - 1024

function refuseLong(
  name: string,
  value: string,
  { job, from }: { readonly job: AbstractJob; readonly from: string },
): void {
  const bytes = Buffer.byteLength(value)
  if (bytes <= MOST_VALUE_BYTES) return
  throw notConvertible(
    from,
    `the ${name} of ${job.id} take ${bytes} bytes, and a program is given ${MOST_VALUE_BYTES} at most`,
    "Let several jobs do what this one does, with fewer files each",
  )
}

/** What is checked to be there in the end: as much of it as a gear can be told. */
function outputsOf({ id, uses }: AbstractJob, rows: TakenOver[]): string {
  const names = uses
    .filter((use) => writesFile(use) && !use.optional && use.type !== "checkpoint")
    .map(({ lfn }) => lfn)
  const text = names.join("\n")
  if (Buffer.byteLength(text) <= MOST_VALUE_BYTES) return text
  rows.push({
    what: `outputs of ${id}`,
    taken: "changed",
    how: `They are ${names.length}, too many for the job to be told; whoever reads one that is missing fails`,
  })
  return ""
}

/**
 * Lines of name, tab, logical name. Files that have one name in the gear's input folder get their number before it, as the run gives it. Where they
 * are many, those that keep their name have no line.
 */
function layoutOf(reads: readonly ReadFile[]): string {
  const isTwice = new Set(reads.map(({ called }) => called)).size < reads.length
  const digits = Math.max(4, String(reads.length).length)
  const lines = reads.map(({ lfn, called, isChanged }, index) => {
    const given = isTwice ? `${String(index).padStart(digits, "0")}-${called}` : called
    return { text: `${given}\t${lfn}${isChanged ? "\tcopy" : ""}`, isPlain: given === lfn && !isChanged }
  })
  const text = lines.map((line) => line.text).join("\n")
  if (Buffer.byteLength(text) <= MOST_VALUE_BYTES) return text
  return lines.flatMap((line) => (line.isPlain ? [] : [line.text])).join("\n")
}

/** Arguments, one a line. Where one is empty, each ends with a line break, so that it is not lost. */
function lines(words: readonly string[], job: AbstractJob, rows: TakenOver[]): string {
  if (words.some((word) => word.includes("\n"))) {
    rows.push({
      what: `arguments of ${job.id}`,
      taken: "changed",
      how: "An argument of several lines is several arguments",
    })
  }
  return words.includes("") ? words.map((word) => `${word}\n`).join("") : words.join("\n")
}

function tellUses(job: AbstractJob, rows: TakenOver[]): void {
  if (job.hooks.length > 0)
    rows.push({
      what: `hooks of a job`,
      taken: "no",
      how: "Commands beside the workflow are not started; look at gear workflow status, or its events",
    })
  if (job.uses.some(({ type }) => type === "checkpoint"))
    rows.push({ what: "checkpoint file", taken: "no", how: "A job that is tried again begins anew" })
  if (job.uses.some(({ bypass }) => bypass))
    rows.push({
      what: "bypass of staging",
      taken: "changed",
      how: "Files are never copied to a staging site; all are read from where they are",
    })
  if (Object.keys(job.metadata).length > 0)
    rows.push({ what: "metadata of a job", taken: "no", how: "It describes, and decides nothing" })
  if (job.uses.some((use) => writesFile(use) && !use.stageOut))
    rows.push({
      what: "stageOut: false",
      taken: "yes",
      how: "The file is intermediate: it is no output of the workflow",
    })
  if (job.uses.some((use) => writesFile(use) && use.register))
    rows.push({
      what: "registerReplica",
      taken: "changed",
      how: "Every file is known by its content; there is no catalog to write to",
    })
}
