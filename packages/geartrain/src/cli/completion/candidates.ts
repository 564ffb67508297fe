import { GLOBAL_FLAGS } from "../arguments/global-flags.ts"
import { flagOf } from "../arguments/parse-arguments.ts"
import type { Command, CommandRow, Completion, Context, Flag } from "../command.ts"
import { TOPICS } from "../help/topics.ts"
import type { Candidate } from "./candidate.ts"
import { gearCandidates, jobCandidates, type ManifestWords, manifestWords } from "./stored-words.ts"

/**
 * Finds what could stand at the end of a command line.
 *
 * @param words  Everything after `gear`; the last is what was typed of the word at the cursor, perhaps nothing.
 * @returns candidates that begin with it; a word `:file` or `:folder` leaves the paths to the shell, after the part of the word in `says`.
 */
export async function candidates(words: readonly string[], context: Context): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? ""
  const before = words.slice(0, -1)
  const rows = context.groups.flatMap((group) => group.rows)
  const place = findPlace(before, rows)
  const found =
    place.row === undefined
      ? firstWords(place.head, rows)
      : await wordsOf(await place.row.load(), place.args, { context, current, rows })
  return found.filter(({ word }) => word.startsWith(":") || word.startsWith(current))
}

interface Place {
  readonly row: CommandRow | undefined
  /** Of a command of two words, the first. */
  readonly head: string | undefined
  /** Words between the command and the cursor. */
  readonly args: readonly string[]
}

function findPlace(before: readonly string[], rows: readonly CommandRow[]): Place {
  const at = before.findIndex((word) => !word.startsWith("-"))
  const [word, next] = at === -1 ? [] : before.slice(at)
  const two = rows.find((row) => row.name === `${word} ${next}`)
  if (two !== undefined) return { row: two, head: word, args: before.slice(at + 2) }
  const row = rows.find((candidate) => candidate.name === word)
  return { row, head: word, args: row === undefined ? [] : before.slice(at + 1) }
}

function firstWords(head: string | undefined, rows: readonly CommandRow[]): Candidate[] {
  if (head !== undefined) {
    const children = rows.filter((row) => row.name.startsWith(`${head} `))
    return children.map((row) => ({ word: row.name.slice(head.length + 1), says: row.summary }))
  }
  const seen = new Map<string, string>()
  for (const row of rows)
    seen.set(row.name.split(" ")[0] ?? "", row.name.includes(" ") ? "The bytes that are stored" : row.summary)
  return [...[...seen].map(([word, says]) => ({ word, says })), ...flagWords(GLOBAL_FLAGS)]
}

interface Typing {
  readonly context: Context
  readonly current: string
  readonly rows: readonly CommandRow[]
}

async function wordsOf(command: Command, args: readonly string[], typing: Typing): Promise<Candidate[]> {
  const { current } = typing
  const manifest =
    command.foreignFlags === true ? await manifestWords(firstWord(command, args), typing.context) : undefined
  const last = args.at(-1)
  const pending =
    last?.startsWith("--") && !last.includes("=")
      ? flagNamed(command, last.slice(2), manifest)
      : shortFlag(command, last)
  if (pending?.type === "text") return await complete(pending.complete, { typing, prefix: "", manifest })
  const attached = /^--([^=]+)=/.exec(current)
  if (attached?.[1] !== undefined) {
    const flag = flagNamed(command, attached[1], manifest)
    return await complete(flag?.complete, { typing, prefix: attached[0], manifest })
  }
  if (current.startsWith("-")) return flagWords({ ...manifest?.flags, ...command.flags, ...GLOBAL_FLAGS })
  const index = countWords(command, args, manifest)
  const argument = command.arguments[Math.min(index, command.arguments.length - 1)]
  if (argument === undefined || (index >= command.arguments.length && argument.many !== true)) return []
  return await complete(argument.complete, { typing, prefix: "", manifest })
}

function flagNamed(command: Command, name: string, manifest: ManifestWords | undefined): Flag | undefined {
  const own = flagOf(command, name)
  if (own !== undefined || manifest === undefined) return own
  return Object.hasOwn(manifest.flags, name) ? manifest.flags[name] : undefined
}

function shortFlag(command: Command, word: string | undefined): Flag | undefined {
  if (word === undefined || !/^-[a-z]$/.test(word)) return undefined
  return Object.values({ ...command.flags, ...GLOBAL_FLAGS }).find((flag: Flag) => flag.short === word[1])
}

/** How many words that are no flags and no values of flags stand before the cursor. */
function countWords(command: Command, args: readonly string[], manifest: ManifestWords | undefined): number {
  return plainWords(command, args, manifest).length
}

function firstWord(command: Command, args: readonly string[]): string | undefined {
  return plainWords(command, args, undefined)[0]
}

function plainWords(command: Command, args: readonly string[], manifest: ManifestWords | undefined): string[] {
  const words: string[] = []
  let takesValue = false
  for (const word of args) {
    const isValue = takesValue
    takesValue = false
    if (isValue) continue
    if (!word.startsWith("-")) {
      words.push(word)
      continue
    }
    const flag = word.startsWith("--") ? flagNamed(command, word.slice(2), manifest) : shortFlag(command, word)
    takesValue = flag?.type === "text"
  }
  return words
}

function flagWords(flags: Readonly<Record<string, Flag>>): Candidate[] {
  return Object.entries(flags).map(([name, flag]) => ({ word: `--${name}`, says: oneLine(flag.says) }))
}

interface Wish {
  readonly typing: Typing
  /** What stands in the word before the value. */
  readonly prefix: string
  readonly manifest: ManifestWords | undefined
}

async function complete(completion: Completion | undefined, wish: Wish): Promise<Candidate[]> {
  const { typing, prefix, manifest } = wish
  if (completion === undefined) return []
  const found = await valuesOf(completion, typing, { manifest, typed: typing.current.slice(prefix.length) })
  return found.map(({ word, says }) =>
    word.startsWith(":") ? { word, says: `${prefix}${says}` } : { word: `${prefix}${word}`, says: oneLine(says) },
  )
}

async function valuesOf(
  completion: Completion,
  typing: Typing,
  known: { readonly manifest: ManifestWords | undefined; readonly typed: string },
): Promise<readonly Candidate[]> {
  const { context, rows } = typing
  if (typeof completion !== "string") return completion.map((word) => ({ word, says: "" }))
  switch (completion) {
    case "file":
    case "folder":
      return [{ word: `:${completion}`, says: "" }]
    case "command":
      return [
        ...rows.map((row) => ({ word: row.name, says: row.summary })),
        ...Object.entries(TOPICS).map(([word, topic]) => ({ word, says: topic.summary })),
      ]
    case "gear":
      return withFiles(known.typed, await gearCandidates(context))
    case "job":
      return await jobCandidates(context)
    case "gear-or-job":
      return [...(await gearCandidates(context)), ...(await jobCandidates(context))]
    case "gear-input":
      return pairValues(known.typed, known.manifest?.inputs ?? [], () => [{ word: ":file", says: "" }])
    case "gear-config":
      return pairValues(known.typed, known.manifest?.config ?? [], (key) => known.manifest?.valuesOf(key) ?? [])
    case "provider": {
      const { providerNames } = await import("../../compose/machine/provider-names.ts")
      return providerNames().map((word) => ({ word, says: "" }))
    }
    case "schema": {
      const { SCHEMAS } = await import("../help/schemas/schema-list.ts")
      return Object.entries(SCHEMAS).map(([word, schema]) => ({ word, says: schema.says }))
    }
  }
}

/** A word with a slash is a path, and no gear has one in its name. */
function withFiles(typed: string, found: readonly Candidate[]): readonly Candidate[] {
  return typed.includes("/") || typed.startsWith(".") ? [{ word: ":file", says: "" }] : found
}

/** Completes `KEY=VALUE`: the keys first, then the values of the key that stands there. */
function pairValues(
  typed: string,
  keys: readonly Candidate[],
  valuesFor: (key: string) => readonly Candidate[],
): readonly Candidate[] {
  const split = typed.indexOf("=")
  if (split === -1) return keys.map(({ word, says }) => ({ word: `${word}=`, says }))
  const key = typed.slice(0, split)
  return valuesFor(key).map(({ word, says }) =>
    word.startsWith(":") ? { word, says: `${key}=` } : { word: `${key}=${word}`, says },
  )
}

/** A candidate is a line, and a tab parts its two halves. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\p{Cc}/gu, "")
    .slice(0, 100)
}
