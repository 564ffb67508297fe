import { GeartrainError } from "@geartrain/spec"

export type Cleanup = "none" | "leaf" | "inplace" | "constraint"
export type Clustering = "horizontal" | "label" | "whole"

/** What `pegasus-plan` is told on its command line, as far as it decides what the plan is. */
export interface PlanOptions {
  /** Where jobs may run. Empty: wherever the catalogs allow. */
  readonly sites: readonly string[]
  readonly outputSites: readonly string[]
  /** By execution site; `*` for all others. */
  readonly stagingSites: ReadonlyMap<string, string>
  readonly clustering: readonly Clustering[]
  readonly cleanup?: Cleanup
  /** Carry out all jobs, whatever the replica catalog has. */
  readonly force: boolean
  readonly jobPrefix?: string
  readonly inputFolders: readonly string[]
  readonly properties?: string
  readonly defines: ReadonlyMap<string, string>
}

const CLEANUPS: readonly Cleanup[] = ["none", "leaf", "inplace", "constraint"]
const CLUSTERINGS: readonly Clustering[] = ["horizontal", "label", "whole"]

/** Long names of options, by their letters. */
const LETTERS: Readonly<Record<string, string>> = {
  s: "sites",
  o: "output-sites",
  C: "cluster",
  I: "input-dir",
  O: "output-dir",
  f: "force",
  j: "job-prefix",
}

/** Options that are followed by a value, but change nothing here. */
const OTHERS_WITH_VALUE = new Set([
  "dir",
  "relative-dir",
  "relative-submit-dir",
  "basename",
  "b",
  "dax",
  "d",
  "cache",
  "c",
  "forward",
  "reuse",
  "inherited-rc-files",
  "transformations-dir",
  "group",
  "g",
  "X",
])

/**
 * Reads the options of `pegasus-plan`.
 *
 * @throws {GeartrainError} USAGE where a value is missing or none that is known.
 * @example
 *   readPlanOptions(["--sites", "a,b", "--force"]).sites // => ["a", "b"]
 *   readPlanOptions(["-o", "local"]).outputSites // => ["local"]
 */
export function readPlanOptions(words: readonly string[]): PlanOptions {
  const values = new Map<string, string[]>()
  const defines = new Map<string, string>()
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ""
    if (word.startsWith("-D")) {
      const [key = "", ...rest] = word.slice(2).split("=")
      defines.set(key, rest.join("="))
      continue
    }
    const { name, attached } = nameOf(word)
    if (name === undefined) continue
    const takes = TAKES_VALUE.has(name) || OTHERS_WITH_VALUE.has(name)
    const value = attached ?? (takes ? words[++index] : "")
    if (value === undefined) throw usage(`Cannot follow --${name}: it needs a value`)
    values.set(name, [...(values.get(name) ?? []), value])
  }
  return fromValues(values, defines)
}

const TAKES_VALUE = new Set([
  "sites",
  "output-sites",
  "output-site",
  "staging-site",
  "cluster",
  "cleanup",
  "input-dir",
  "output-dir",
  "conf",
  "job-prefix",
])

function nameOf(word: string): { readonly name?: string; readonly attached?: string } {
  if (word.startsWith("--")) {
    const [name = "", ...rest] = word.slice(2).split("=")
    return rest.length === 0 ? { name } : { name, attached: rest.join("=") }
  }
  if (!word.startsWith("-") || word.length < 2) return {}
  const letter = word.charAt(1)
  const name = LETTERS[letter] ?? letter
  return word.length === 2 ? { name } : { name, attached: word.slice(2) }
}

function fromValues(values: ReadonlyMap<string, readonly string[]>, defines: ReadonlyMap<string, string>): PlanOptions {
  const list = (name: string): readonly string[] =>
    (values.get(name) ?? []).flatMap((value) => value.split(",")).filter((part) => part !== "")
  const last = (name: string): string | undefined => values.get(name)?.at(-1)
  const cleanup = values.has("nocleanup") ? "none" : last("cleanup")
  const outputs = [...list("output-sites"), ...list("output-site")]
  const jobPrefix = last("job-prefix")
  const properties = last("conf")
  return {
    sites: list("sites"),
    outputSites: outputs.length === 0 ? ["local"] : outputs,
    stagingSites: new Map(list("staging-site").map(stagingPair)),
    clustering: list("cluster").map((word) => known(word, CLUSTERINGS, "cluster")),
    ...(cleanup === undefined ? {} : { cleanup: known(cleanup, CLEANUPS, "cleanup") }),
    force: values.has("force"),
    ...(jobPrefix === undefined ? {} : { jobPrefix }),
    inputFolders: list("input-dir"),
    ...(properties === undefined ? {} : { properties }),
    defines,
  }
}

function stagingPair(word: string): readonly [string, string] {
  const at = word.indexOf("=")
  return at === -1 ? ["*", word] : [word.slice(0, at).trim(), word.slice(at + 1).trim()]
}

function known<Word extends string>(word: string, words: readonly Word[], option: string): Word {
  const found = words.find((one) => one === word.toLowerCase())
  if (found !== undefined) return found
  throw usage(`Cannot follow --${option} "${word}": it is one of ${words.join(", ")}`)
}

function usage(message: string): GeartrainError {
  return new GeartrainError("USAGE", message, { hint: "See pegasus-plan's own manual for its options" })
}
