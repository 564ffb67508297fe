import type { JsonObject, Limits, Network } from "@geartrain/spec"

/** Many jobs of one gear, as somebody asks for them. */
export interface BatchRequest {
  /** Id of a gear, `name` for its newest version, or `name@version`. */
  readonly gear: string
  readonly label?: string | undefined
  readonly targets: BatchTargets
  readonly config?: JsonObject | undefined
  /** What files have to be that are taken for an input, beyond what the gear's manifest says. */
  readonly inputs?: Readonly<Record<string, InputPattern>> | undefined
  /** Files that somebody picked, by target and input: ids of places, and of files. */
  readonly picks?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined
  /**
   * What becomes of inputs that the gear does not require: `ignore`: they get nothing. `flexible`: a file where just one fits. `require`: as if the
   * gear required them. Default `ignore`.
   */
  readonly optional?: "ignore" | "flexible" | "require" | undefined
  /** Files are looked for in the target alone, or in all below it, too. Default `below`. */
  readonly look?: "here" | "below" | undefined
  /** Run also what was done already. */
  readonly again?: boolean | undefined
  readonly tags?: readonly string[] | undefined
  readonly priority?: number | undefined
  readonly limits?: Limits | undefined
  readonly network?: Network | undefined
}

/** Places that the gear is run for: those that are named, those of a collection, and those that a query finds. */
export interface BatchTargets {
  /** Ids or paths. */
  readonly places?: readonly string[] | undefined
  /** Id of a collection: its places, and the places of its files. */
  readonly collection?: string | undefined
  readonly query?:
    | {
        readonly type: "project" | "subject" | "session" | "acquisition"
        /** Path below the project. */
        readonly below?: string | undefined
        /** A pattern with `*` and `?`. */
        readonly label?: string | undefined
        readonly tag?: string | undefined
      }
    | undefined
}

/** What a file has to be: all of what is there. */
export interface InputPattern {
  /** A pattern of its name, with `*` and `?`. */
  readonly name?: string | undefined
  readonly type?: string | undefined
  readonly tag?: string | undefined
}
