import type { JobQuery } from "@geartrain/ports"
import { GeartrainError, JOB_STATES, type JobState, nearestName } from "@geartrain/spec"
import { parseCount } from "../../../settings/parse-amount.ts"
import { nowMs } from "../../../system/clock.ts"
import type { Command, Given } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { currentJobs } from "../../records/current-jobs.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"
import { printJobs } from "./job-list.ts"

/** Fits on a screen; the rest is one flag away. */
const DEFAULT_LIMIT = 30

export const jobsCommand: Command = {
  name: "jobs",
  arguments: [],
  flags: {
    state: { type: "text", value: "STATE", many: true, says: "Only jobs in this state", complete: JOB_STATES },
    gear: {
      type: "text",
      value: "GEAR",
      says: "Only jobs of this gear: a name, name@version or an id",
      complete: "gear",
    },
    limit: { type: "text", value: "N", says: `At most so many. Default: ${DEFAULT_LIMIT}` },
    all: { type: "switch", short: "a", says: "All of them" },
    ...SERVER_FLAG,
  },
  examples: [
    { command: "gear jobs", says: `List the last ${DEFAULT_LIMIT} jobs` },
    { command: "gear jobs --state failed --gear fsl-bet", says: "List the failed jobs of a gear" },
    { command: "gear jobs --server --state pending", says: "List the jobs that wait on the server" },
    { command: "gear jobs --all --json", says: "Everything, a line of JSON each" },
  ],
  exits: "answer",
  run: async (context, given) => {
    const limit = limitOf(given)
    if (given.has("server")) {
      const { listServerJobs } = await import("../../server/list-jobs.ts")
      await listServerJobs(context, given, { ...queryOf(given), ...(limit === undefined ? {} : { limit }) })
      return {}
    }
    // One more is asked for, to know whether there are more.
    const query: JobQuery = { ...queryOf(given), ...(limit === undefined ? {} : { limit: limit + 1 }) }
    const jobs = await currentJobs(context.settings(), query, (sentence) => context.reply.warn(escapeText(sentence)))
    printJobs(context, limit === undefined ? jobs : jobs.slice(0, limit), nowMs())
    if (jobs.length === 0) context.reply.say("There is no such job\n→ gear run GEAR")
    if (limit !== undefined && jobs.length > limit) context.reply.say(`There are more\n→ gear jobs --all`)
    return {}
  },
}

function limitOf(given: Given): number | undefined {
  const text = given.text("limit")
  if (given.has("all")) return undefined
  return text === undefined ? DEFAULT_LIMIT : parseCount(text, "--limit", { whole: true })
}

function queryOf(given: Given): JobQuery {
  const states = given
    .list("state")
    .flatMap((text) => text.split(","))
    .map(readState)
  const gear = given.text("gear")
  return { ...(states.length === 0 ? {} : { states }), ...(gear === undefined ? {} : { gear }) }
}

function readState(text: string): JobState {
  const state = JOB_STATES.find((known) => known === text)
  if (state !== undefined) return state
  const near = nearestName(text, JOB_STATES)
  throw new GeartrainError("USAGE", `Cannot read --state "${text}": the states are ${JOB_STATES.join(", ")}`, {
    details: { text },
    hint: near === undefined ? "Name one of them: gear jobs --state failed" : `Did you mean: gear jobs --state ${near}`,
  })
}
