import { resolve } from "node:path"
import type { RunWish } from "../../compose/workflows/run-workflow.ts"
import { parseCount, parseSize } from "../../settings/parse-amount.ts"
import type { Flag, Given } from "../command.ts"

/** Flags of every command that begins a run of a workflow. */
export const RUN_FLAGS = {
  out: {
    type: "text",
    short: "o",
    value: "DIR",
    says: "Folder for the outputs of the workflow, each in a folder of its name. Default: they stay in the store",
    complete: "folder",
  },
  force: { type: "switch", says: "Write over files of the same name in that folder" },
  jobs: {
    type: "text",
    short: "j",
    value: "N",
    says: "At most so many jobs at one time. Default: what the workflow says, or a job for each processor; on a server 200",
  },
  cpus: { type: "text", value: "N", says: "Processors that jobs may take up together" },
  memory: { type: "text", value: "SIZE", says: "Memory that jobs may take up together, by what they ask for" },
  "keep-going": { type: "switch", short: "k", says: "When a job fails, run all that does not need it" },
  provider: { type: "text", value: "NAME", says: "What isolates the gears; see gear doctor", complete: "provider" },
} as const satisfies Readonly<Record<string, Flag>>

/** @throws {GeartrainError} USAGE */
export function readRunWish(given: Given): RunWish {
  const [out, jobs, cpus, memory] = [given.text("out"), given.text("jobs"), given.text("cpus"), given.text("memory")]
  const limits = {
    ...(jobs === undefined ? {} : { jobs: parseCount(jobs, "--jobs", { whole: true }) }),
    ...(cpus === undefined ? {} : { cpus: parseCount(cpus, "--cpus", { whole: false }) }),
    ...(memory === undefined ? {} : { memoryBytes: parseSize(memory, "--memory") }),
  }
  return {
    ...(out === undefined ? {} : { out: resolve(out) }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(given.has("keep-going") ? { keepGoing: true } : {}),
  }
}
