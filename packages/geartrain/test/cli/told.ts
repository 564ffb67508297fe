import { parseArguments } from "../../src/cli/arguments/parse-arguments.ts"
import type { Command, CommandResult, Context, Given, GlobalOptions } from "../../src/cli/command.ts"
import { COMMAND_GROUPS } from "../../src/cli/command-table.ts"
import { createPaint } from "../../src/cli/output/paint.ts"
import { createReply } from "../../src/cli/output/reply.ts"
import type { Channel } from "../../src/cli/output/terminal.ts"
import { readSettings } from "../../src/settings/read-settings.ts"
import type { Settings } from "../../src/settings/settings.ts"

/** Commands within a test's own process: what they answer, and what they say on which stream. */

export interface ToldOptions extends Partial<GlobalOptions> {
  /** Of the settings, and nothing else of any environment. Default: a home that is not there. */
  readonly env?: Readonly<Record<string, string>>
  /** Both streams are terminals, without colours. */
  readonly isTerminal?: boolean
}

export interface ToldContext {
  readonly context: Context
  readonly settings: Settings
  out(): string
  err(): string
}

/** What a command has to work with, both streams kept. */
export function contextOf(options: ToldOptions = {}): ToldContext {
  const { env = {}, isTerminal = false, ...given } = options
  const settings = readSettings({ HOME: "/nonexistent", GEARTRAIN_HOME: "/nonexistent/gears", ...env })
  const none = { json: false, quiet: false, verbose: false, debug: false, noInput: true, yes: false }
  const chosen: GlobalOptions = { ...none, ...given }
  const written = { out: "", err: "" }
  const channel = (to: "out" | "err"): Channel => {
    const write = (data: string | Uint8Array): undefined => {
      written[to] += typeof data === "string" ? data : new TextDecoder().decode(data)
    }
    return {
      ...{ isTerminal, movement: false, columns: 100, paint: createPaint(false), closed: () => false },
      ...{ write, pour: write, stopWaiting: () => undefined, flush: async () => undefined },
    }
  }
  const terminal = { out: channel("out"), err: channel("err"), canAsk: () => false, flush: async () => undefined }
  return {
    context: {
      ...{ terminal, settings: () => settings, options: chosen, groups: COMMAND_GROUPS },
      reply: createReply(terminal, chosen),
    },
    settings,
    out: () => written.out,
    err: () => written.err,
  }
}

export interface Told {
  readonly result: CommandResult
  readonly out: string
  readonly err: string
}

/** Carries a command out as its words are typed, flags checked; what it throws comes through. */
export async function told(command: Command, args: readonly string[], options: ToldOptions = {}): Promise<Told> {
  const { context, out, err } = contextOf(options)
  const result = await command.run(context, parseArguments(command, args))
  return { result, out: out(), err: err() }
}

/** What was typed, by flags that somebody else reads. */
export function givenOf(flags: Command["flags"], args: readonly string[]): Given {
  const word = { name: "WORD", says: "A word", optional: true, many: true } as const
  const command = { name: "test", arguments: [word], flags, examples: [], exits: "answer" } as const
  return parseArguments({ ...command, run: async () => ({}) }, args)
}

/** Whether a text could move a terminal's cursor, or write its lines in another direction. */
export function hasControls(text: string): boolean {
  return /[^\P{Cc}\n]|[\u202a-\u202e]/u.test(text)
}

/** A name of somebody who means ill: it clears the screen, forges a line and turns the text around. */
export const HOSTILE = "a\u001b[2J\rerror: forged\u202eb"
