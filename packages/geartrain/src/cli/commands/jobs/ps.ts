import { nowMs } from "../../../system/clock.ts"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { currentJobs } from "../../records/current-jobs.ts"
import { printJobs } from "./job-list.ts"

export const psCommand: Command = {
  name: "ps",
  arguments: [],
  flags: {},
  examples: [
    { command: "gear ps", says: "List the jobs that run now" },
    { command: "gear cancel $(gear ps -q)", says: "Stop them all" },
  ],
  exits: "answer",
  run: async (context) => {
    const warn = (sentence: string): void => context.reply.warn(escapeText(sentence))
    const jobs = await currentJobs(context.settings(), { states: ["pending", "running"] }, warn)
    if (jobs.length === 0) context.reply.say("No job runs now\n→ gear jobs")
    printJobs(context, jobs, nowMs())
    return {}
  },
}
