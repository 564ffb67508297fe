import { GeartrainError, nearestName } from "@geartrain/spec"
import { parseArgs } from "../../system/command-line.ts"
import type { Argument, Command, Flag, Given } from "../command.ts"
import { GLOBAL_FLAGS } from "./global-flags.ts"

/** One piece of a command line, as Node's parser sees it. */
export type Token =
  | {
      readonly kind: "flag"
      readonly name: string
      readonly typed: string
      readonly value?: string
      readonly attached: boolean
    }
  | { readonly kind: "word"; readonly value: string }
  | { readonly kind: "end" }

/**
 * Checks what was typed against the flags and arguments of a command. Flags may stand anywhere; after `--` everything is a word.
 *
 * @param args  Everything after the command's name.
 * @throws {GeartrainError} USAGE for a flag that is not known, has no value, or is given twice, and for words too few or too many.
 */
export function parseArguments(command: Command, args: readonly string[]): Given {
  const tokens = readTokens(command.flags, args)
  const values = new Map<string, string[]>()
  const words: string[] = []
  for (const token of tokens) {
    if (token.kind === "word") words.push(token.value)
    if (token.kind === "flag") addFlag(values, token, command)
  }
  // With flags that are not known, which words belong to them is not known either.
  if (!values.has("help") && command.foreignFlags !== true) checkWords(command, words)
  return {
    words,
    raw: args,
    has: (flag) => values.has(flag),
    text: (flag) => values.get(flag)?.[0],
    list: (flag) => values.get(flag) ?? [],
  }
}

/** Splits a command line into flags and words. A flag that is not in the list is a switch, so that a word after it stays a word. */
export function readTokens(flags: Readonly<Record<string, Flag>>, args: readonly string[]): Token[] {
  const known: Readonly<Record<string, Flag>> = { ...flags, ...GLOBAL_FLAGS }
  const options = Object.fromEntries(
    Object.entries(known).map(([name, flag]) => [
      name,
      {
        type: flag.type === "text" ? ("string" as const) : ("boolean" as const),
        ...(flag.short === undefined ? {} : { short: flag.short }),
      },
    ]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  return tokens.map((token) => {
    if (token.kind === "positional") return { kind: "word", value: token.value }
    if (token.kind === "option-terminator") return { kind: "end" }
    const value = token.value === undefined ? {} : { value: token.value }
    return { kind: "flag", name: token.name, typed: token.rawName, ...value, attached: token.inlineValue === true }
  })
}

function addFlag(values: Map<string, string[]>, token: Token & { readonly kind: "flag" }, command: Command): void {
  const flag = flagOf(command, token.name)
  if (flag === undefined) {
    if (command.foreignFlags === true) return
    throw unknownFlag(command, token.typed)
  }
  const earlier = values.get(token.name)
  if (flag.type === "truth") {
    values.set(token.name, [token.value ?? "true"])
    return
  }
  if (flag.type === "switch") {
    if (token.value !== undefined)
      throw usage(command, `Cannot read ${token.typed} "${token.value}": the flag takes no value`)
    values.set(token.name, [])
    return
  }
  if (earlier !== undefined && flag.many !== true) {
    throw usage(command, `Cannot read ${token.typed} "${token.value ?? ""}": the flag is given twice`)
  }
  values.set(token.name, [...(earlier ?? []), textOf(command, token, flag)])
}

/** A value that looks like a flag was most likely forgotten, and the next flag taken for it; `-` is standard input or output, though. */
function textOf(command: Command, token: Token & { readonly kind: "flag" }, flag: Flag): string {
  const { value } = token
  if (value !== undefined && (token.attached || !LOOKS_LIKE_FLAG.test(value))) return value
  const next = value === undefined ? "it is the last word" : `"${value}" follows, which is a flag`
  throw usage(command, `Cannot read ${token.typed}: it needs a value, and ${next}`, {
    hint: `Write it as ${token.typed}${token.typed.startsWith("--") ? "=" : " "}${flag.value ?? "VALUE"}`,
  })
}

/** A lone dash is standard input or output, and a number below 0 is a number. */
const LOOKS_LIKE_FLAG = /^-(?!$|\d|\.\d)/

export function flagOf(command: Pick<Command, "flags">, name: string): Flag | undefined {
  if (Object.hasOwn(command.flags, name)) return command.flags[name]
  return Object.hasOwn(GLOBAL_FLAGS, name) ? GLOBAL_FLAGS[name as keyof typeof GLOBAL_FLAGS] : undefined
}

/** @param others  Further flags that would have been right here. */
export function unknownFlag(command: Command, typed: string, others: readonly string[] = []): GeartrainError<"USAGE"> {
  const known = [...Object.keys(command.flags), ...Object.keys(GLOBAL_FLAGS), ...others]
  const near = nearestName(typed.replace(/^-+/, ""), known)
  const meant = near === undefined ? "" : `; did you mean --${near}?`
  return usage(command, `Cannot read flag "${typed}": gear ${command.name} has no such flag${meant}`)
}

function checkWords(command: Command, words: readonly string[]): void {
  const least = command.arguments.filter((argument) => argument.optional !== true).length
  const last = command.arguments.at(-1)
  const most = last?.many === true ? Number.POSITIVE_INFINITY : command.arguments.length
  if (words.length < least) {
    const missing = command.arguments[words.length] as Argument
    throw usage(command, `Cannot run gear ${command.name}: ${missing.name} is missing, ${lowerFirst(missing.says)}`)
  }
  const empty = words.slice(0, most).findIndex((word, at) => word === "" && argumentAt(command, at)?.optional !== true)
  const named = empty === -1 ? undefined : argumentAt(command, empty)
  if (named !== undefined) {
    throw usage(command, `Cannot run gear ${command.name}: ${named.name} is empty, ${lowerFirst(named.says)}`, {
      hint: `Write it out; a variable of the shell that is not set is empty, too: gear ${command.name} --help`,
    })
  }
  if (words.length > most) {
    const wanted = most === 0 ? "no words" : command.arguments.map((argument) => argument.name).join(" ")
    throw usage(
      command,
      `Cannot run gear ${command.name}: "${words[most]}" is one word too many, for it takes ${wanted}`,
    )
  }
}

/** The last one may stand for many words. */
function argumentAt(command: Command, at: number): Argument | undefined {
  return command.arguments[at] ?? command.arguments.at(-1)
}

function lowerFirst(text: string): string {
  // A name in capitals stays one.
  return /^[A-Z][A-Z]/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)
}

export function usage(
  command: Pick<Command, "name">,
  message: string,
  options: { readonly hint?: string } = {},
): GeartrainError<"USAGE"> {
  return new GeartrainError("USAGE", message, {
    details: { command: command.name },
    hint: options.hint ?? `Read how it is used: gear ${command.name} --help`,
  })
}
