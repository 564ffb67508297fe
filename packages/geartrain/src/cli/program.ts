import { GeartrainError, isGeartrainError, nearestName } from "@geartrain/spec"
import { readSettings, readTerminalSettings } from "../settings/read-settings.ts"
import type { Settings } from "../settings/settings.ts"
import { systemCode } from "../system/system-code.ts"
import { GLOBAL_FLAGS, globalOptions } from "./arguments/global-flags.ts"
import { parseArguments } from "./arguments/parse-arguments.ts"
import type { Command, CommandResult, CommandRow, Context, Given, GlobalOptions } from "./command.ts"
import { allRows, COMMAND_GROUPS, findRow } from "./command-table.ts"
import { reportError } from "./output/error-reply.ts"
import { EXIT_CODES } from "./output/exit-codes.ts"
import { explainSystemError } from "./output/explain-system-error.ts"
import { createPaint } from "./output/paint.ts"
import { createReply, type ReplyObject } from "./output/reply.ts"
import { openTerminal, type Terminal } from "./output/terminal.ts"
import { FOREIGN_WORDS } from "./table/foreign-words.ts"

/**
 * Carries one command line out.
 *
 * @param argv  The words after the program's name.
 * @returns the exit code.
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const switches = switchesIn(argv)
  const settings = readTerminalSettings()
  const terminal = openTerminal(switches.has("no-color") ? { ...settings, color: false } : settings)
  const exitCode = await runOn(
    terminal,
    argv,
    globalOptions((flag) => switches.has(flag)),
  )
  await terminal.flush()
  return exitCode
}

async function runOn(terminal: Terminal, argv: readonly string[], options: GlobalOptions): Promise<number> {
  const reply = createReply(terminal, options)
  // Which command it is decides what an error's exit code is, so it is remembered as soon as it is known.
  let running: Pick<Command, "name" | "exits" | "errorExits"> = { name: "gear", exits: "answer" }
  try {
    const { row, args } = findCommand(argv, (hint) => reply.say(hint))
    const command = await row.load()
    running = command
    const given = parseArguments(command, args)
    const context: Context = { terminal, reply, settings: lazySettings(), options, groups: COMMAND_GROUPS }
    const result = await carryOut({ command, row, context, given })
    if (options.json && result.data !== undefined) writeReply(terminal, replyObject(command.name, result))
    return result.exitCode ?? 0
  } catch (thrown) {
    return endWithError(thrown, { running, options, terminal })
  }
}

/** The switches of `GLOBAL_FLAGS`, wherever they stand: errors are told as they ask, even when the rest cannot be read. */
function switchesIn(argv: readonly string[]): ReadonlySet<string> {
  const end = argv.indexOf("--")
  const words = end === -1 ? argv : argv.slice(0, end)
  const found = Object.entries(GLOBAL_FLAGS).filter(([name, flag]) => {
    const short = "short" in flag ? `-${flag.short}` : undefined
    return words.some((word) => word === `--${name}` || word === short)
  })
  return new Set(found.map(([name]) => name))
}

interface FoundCommand {
  readonly row: CommandRow
  /** What is left of the words. */
  readonly args: readonly string[]
}

/** Finds the command among the words. Before it, only switches can stand. */
function findCommand(argv: readonly string[], say: (hint: string) => void): FoundCommand {
  const at = argv.findIndex((word) => !word.startsWith("-"))
  const before = at === -1 ? argv : argv.slice(0, at)
  if (before.includes("--version")) return named("version", [])
  const word = at === -1 ? undefined : argv[at]
  if (word === undefined)
    return named(
      "help",
      before.filter((flag) => flag !== "--help" && flag !== "-h"),
    )
  const after = argv.slice(at + 1)
  const two = after[0] === undefined ? undefined : findRow(`${word} ${after[0]}`)
  if (two !== undefined) return { row: two, args: [...before, ...after.slice(1)] }
  const row = findRow(word)
  if (row !== undefined) return { row, args: [...before, ...after] }
  return foreignCommand(word, { args: [...before, ...after], say })
}

function named(name: string, args: readonly string[]): FoundCommand {
  const row = findRow(name)
  if (row === undefined) throw new RangeError(`There is no command "${name}"`)
  return { row, args }
}

function foreignCommand(
  word: string,
  rest: { readonly args: readonly string[]; readonly say: (hint: string) => void },
): FoundCommand {
  const meant = Object.hasOwn(FOREIGN_WORDS, word) ? FOREIGN_WORDS[word] : undefined
  if (meant !== undefined) {
    rest.say(`gear ${word} is called gear ${meant} here`)
    return named(meant, rest.args)
  }
  const children = allRows().filter((row) => row.name.startsWith(`${word} `))
  if (children.length > 0 && asksForHelp(rest.args)) return named("help", [word])
  if (children.length > 0) throw incomplete(word, { children, next: rest.args[0] })
  const near = nearestName(word, [...allRows().map((row) => row.name), ...Object.keys(FOREIGN_WORDS)])
  throw new GeartrainError("USAGE", `Cannot run gear "${word}": there is no such command`, {
    details: { word },
    hint: near === undefined ? "List the commands: gear help" : `Did you mean: gear ${FOREIGN_WORDS[near] ?? near}`,
  })
}

/** Nothing but flags, and help among them: of several commands at once. */
function asksForHelp(args: readonly string[]): boolean {
  return args.every((arg) => arg.startsWith("-")) && args.some((arg) => arg === "--help" || arg === "-h")
}

function incomplete(
  word: string,
  found: { readonly children: readonly CommandRow[]; readonly next: string | undefined },
): GeartrainError {
  const names = found.children.map((row) => row.name.slice(word.length + 1))
  const is = found.next === undefined ? "it needs a second word" : `it does not know "${found.next}"`
  const near = found.next === undefined ? undefined : nearestName(found.next, names)
  return new GeartrainError("USAGE", `Cannot run gear ${word}: ${is}; there are ${names.join(", ")}`, {
    details: { word, names },
    hint: near === undefined ? `Read what each is for: gear help ${word}` : `Did you mean: gear ${word} ${near}`,
  })
}

async function carryOut(work: {
  readonly command: Command
  readonly row: CommandRow
  readonly context: Context
  readonly given: Given
}): Promise<CommandResult> {
  const { command, row, context, given } = work
  if (given.has("help") && command.foreignFlags !== true) {
    const { commandHelp } = await import("./help/command-help.ts")
    const { columns, paint } = context.terminal.out
    context.terminal.out.write(`${commandHelp({ command, summary: row.summary }, { columns, paint }).join("\n")}\n`)
    return {}
  }
  return command.run(context, given)
}

function lazySettings(): () => Settings {
  let read: Settings | undefined
  return () => {
    read ??= readSettings()
    return read
  }
}

function replyObject(name: string, result: CommandResult): ReplyObject {
  const ok = (result.exitCode ?? 0) === 0
  return { schema: schemaName(name), ok, data: result.data ?? null, error: result.error ?? null }
}

function schemaName(command: string): string {
  return `geartrain-cli-${command.replaceAll(" ", "-")}/1`
}

function writeReply(terminal: Terminal, reply: ReplyObject): void {
  terminal.out.write(`${JSON.stringify(reply)}\n`)
}

/**
 * What a bug that no command could catch ends with.
 *
 * @param argv  The words after the program's name.
 * @returns the exit code.
 */
export async function endWithCrash(thrown: unknown, argv: readonly string[]): Promise<number> {
  const switches = switchesIn(argv)
  const word = argv.find((each) => !each.startsWith("-")) ?? "gear"
  const exits = RUNS_GEARS.has(word) ? "gear" : "answer"
  const terminal = openTerminal(readTerminalSettings())
  const options = globalOptions((flag) => switches.has(flag))
  const exitCode = endWithError(thrown, { running: { name: word, exits }, options, terminal })
  await terminal.flush()
  return exitCode
}

/** Commands whose exit code is the gear's, so that a bug of ours has another one. Their modules may not even have been loaded. */
export const RUNS_GEARS: ReadonlySet<string> = new Set(["run", "replay", "debug", "submit", "wait"])

function endWithError(
  thrown: unknown,
  state: {
    readonly running: Pick<Command, "name" | "exits" | "errorExits">
    readonly options: GlobalOptions
    readonly terminal: Terminal
  },
): number {
  const { running, options, terminal } = state
  // Who reads a pipe may stop at any time, and that is nobody's mistake.
  if (systemCode(thrown) === "EPIPE") return EXIT_CODES.PIPE_CLOSED
  // With --json nothing goes to standard error, which is then not even opened.
  const paint = options.json ? createPaint(false) : terminal.err.paint
  const report = reportError(explainSystemError(thrown) ?? thrown, {
    style: running.exits,
    paint,
    verbose: options.verbose,
    debug: options.debug,
  })
  if (!options.json) terminal.err.write(`${report.lines.join("\n")}\n`)
  else writeReply(terminal, { schema: schemaName(running.name), ok: false, data: null, error: report.error })
  return ownExit(thrown, running) ?? report.exitCode
}

/** Which signal interrupted a command only the error knows. */
function ownExit(thrown: unknown, running: Pick<Command, "errorExits">): number | undefined {
  if (!isGeartrainError(thrown)) return undefined
  const { exitCode } = thrown.details
  return thrown.code === "INTERRUPTED" && typeof exitCode === "number" ? exitCode : running.errorExits?.[thrown.code]
}
