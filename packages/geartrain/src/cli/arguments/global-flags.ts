import type { Flag, GlobalOptions } from "../command.ts"

/** Flags that every command has, before or after its name. */
export const GLOBAL_FLAGS = {
  help: { type: "switch", short: "h", says: "Show the help of the command" },
  json: { type: "switch", says: "Answer in JSON: one object, or a line for each element of a list" },
  quiet: { type: "switch", short: "q", says: "No messages but warnings and errors" },
  verbose: { type: "switch", short: "v", says: "More messages" },
  debug: { type: "switch", says: "Show where in the program an error came from" },
  "no-color": { type: "switch", says: "No colours" },
  "no-input": { type: "switch", says: "Never ask a question" },
  yes: { type: "switch", short: "y", says: "Answer every question with yes" },
} as const satisfies Readonly<Record<string, Flag>>

/** @param has  Whether a flag was given, wherever it stood. */
export function globalOptions(has: (flag: string) => boolean): GlobalOptions {
  return {
    json: has("json"),
    quiet: has("quiet"),
    verbose: has("verbose"),
    debug: has("debug"),
    noInput: has("no-input"),
    yes: has("yes"),
  }
}
