import type { ErrorCode, JsonValue } from "@geartrain/spec"
import type { Settings } from "../settings/settings.ts"
import type { ExitStyle } from "./output/exit-codes.ts"
import type { Reply, ReplyError } from "./output/reply.ts"
import type { Terminal } from "./output/terminal.ts"

/** A flag of a command, without its dashes. */
export interface Flag {
  /** `switch` takes no value; `truth` may have one, attached with `=`; `text` needs one. */
  readonly type: "switch" | "truth" | "text"
  readonly short?: string
  /** What the value is called in the help, such as `NAME=PATH`. */
  readonly value?: string
  /** May be given more than once. */
  readonly many?: true
  readonly says: string
  /** The words that a shell can offer for the value. */
  readonly complete?: Completion
}

/** A word that is given by its place. */
export interface Argument {
  /** In capitals, as the help writes it. */
  readonly name: string
  readonly says: string
  readonly optional?: true
  readonly many?: true
  readonly complete?: Completion
}

/** What a shell can offer: a fixed list, or something that is looked up. */
export type Completion =
  | readonly string[]
  | "gear"
  | "job"
  | "gear-or-job"
  | "gear-input"
  | "gear-config"
  | "provider"
  | "schema"
  | "file"
  | "folder"
  | "command"

/** A command as data: its help, its completion, its reference page and its parsing are made from this. */
export interface Command {
  /** As it is typed, such as `run` or `store gc`. */
  readonly name: string
  readonly arguments: readonly Argument[]
  readonly flags: Readonly<Record<string, Flag>>
  /** The most common first. */
  readonly examples: readonly { readonly command: string; readonly says: string }[]
  /** Further paragraphs of the help. */
  readonly notes?: readonly string[]
  readonly exits: ExitStyle
  /** What the exit codes mean here, beyond what they mean everywhere. */
  readonly exitNotes?: Readonly<Record<number, string>>
  /** Errors that mean something else here than everywhere. */
  readonly errorExits?: Readonly<Partial<Record<ErrorCode, number>>>
  /** Flags that are not its own are left to the command, as `gear run` has flags from the gear's manifest. */
  readonly foreignFlags?: true
  readonly run: (context: Context, given: Given) => Promise<CommandResult>
}

/** What was typed, checked against the command. */
export interface Given {
  readonly words: readonly string[]
  /** The flag was given. */
  has(flag: string): boolean
  /** The value of a flag that is given once at most. */
  text(flag: string): string | undefined
  /** All values of a flag. */
  list(flag: string): readonly string[]
  /** Everything after the command's name, as it was typed. */
  readonly raw: readonly string[]
}

/** What a command has to work with. */
export interface Context {
  readonly terminal: Terminal
  readonly reply: Reply
  /** Read on use, so that help works whatever the settings are. */
  readonly settings: () => Settings
  readonly options: GlobalOptions
  /** All commands, for those that explain or complete others. */
  readonly groups: readonly CommandGroup[]
}

/** A command as lists show it, and how to load it. */
export interface CommandRow {
  readonly name: string
  /** One sentence, without full stop. */
  readonly summary: string
  readonly load: () => Promise<Command>
}

export interface CommandGroup {
  readonly title: string
  readonly rows: readonly CommandRow[]
}

/** Flags that every command has. */
export interface GlobalOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly debug: boolean
  /** Never ask. */
  readonly noInput: boolean
  /** The answer to every question is yes. */
  readonly yes: boolean
}

/** How a command ended. */
export interface CommandResult {
  /** Default 0. */
  readonly exitCode?: number
  /** The answer for `--json`. Absent when the command has printed its items. */
  readonly data?: JsonValue
  /** Why the answer is no, where the exit code is not 0. */
  readonly error?: ReplyError
}
