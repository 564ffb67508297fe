import type { JsonValue } from "@geartrain/spec"
import { FAILSAFE_SCHEMA, load, type State, Type, YAMLException } from "js-yaml"
import { type PegasusPlace, pegasusFault } from "../pegasus-fault.ts"

/** On which line each member of a mapping, and each item of a list, begins; from 1. */
export type LineIndex = Map<object, ReadonlyMap<string, number>>

const MOST_LEVELS = 64

/**
 * Reads YAML as it was written by a program or by hand, at some ten megabytes a second: workflows of a hundred thousand jobs have fifty, and a
 * parser that keeps every token for being written back takes six times as long and gigabytes for them.
 *
 * What YAML can and JSON cannot is refused: anchors, aliases, tags, keys that are no text, several documents.
 *
 * @param lines  Filled where somebody asks where something stands: it takes as long again.
 * @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID with the line.
 */
export function parseYaml(text: string, of: PegasusPlace, lines?: LineIndex): JsonValue {
  const listener = lines === undefined ? refuseAnchors(of) : both(refuseAnchors(of), indexLines(lines))
  try {
    return (load(text, { schema: PLAIN, listener, maxDepth: MOST_LEVELS } as LoadOptions) ?? null) as JsonValue
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const { mark, reason } = error as YAMLException & { readonly mark?: { readonly line: number } }
    throw pegasusFault(mark === undefined ? of : { ...of, line: mark.line + 1 }, sayReason(reason))
  }
}

/** `maxDepth` is younger than the package's types. */
type LoadOptions = NonNullable<Parameters<typeof load>[1]> & { readonly maxDepth: number }

type Listener = (this: State, event: "open" | "close", state: NodeState) => void

interface NodeState {
  readonly line: number
  readonly anchor?: string | null
  readonly result: unknown
}

function refuseAnchors(of: PegasusPlace): Listener {
  return (_, { anchor, line }) => {
    if (typeof anchor === "string")
      throw pegasusFault({ ...of, line: line + 1 }, `it has an anchor ("${anchor.slice(0, 100)}")`)
  }
}

/** Of a mapping, each key is read as a node, and after it its value. */
function indexLines(lines: LineIndex): Listener {
  const open: { readonly line: number; readonly within: number[] }[] = []
  return (event, { line, result }) => {
    if (event === "open") {
      open.push({ line: line + 1, within: [] })
      return
    }
    const node = open.pop()
    if (node === undefined) return
    open.at(-1)?.within.push(node.line)
    if (typeof result !== "object" || result === null) return
    const isList = Array.isArray(result)
    const names = Object.keys(result)
    lines.set(result, new Map(names.map((name, index) => [name, node.within[isList ? index : 2 * index] ?? node.line])))
  }
}

function both(one: Listener, other: Listener): Listener {
  return function (event, state) {
    one.call(this, event, state)
    other.call(this, event, state)
  }
}

function sayReason(reason: string): string {
  if (reason.startsWith("nesting exceeded")) return `it is more than ${MOST_LEVELS} levels deep`
  if (reason.startsWith("expected a single document")) return "there is more than one document in it"
  return reason
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/
const NULLS = new Set(["", "~", "null", "Null", "NULL"])
const TRUE = new Set(["true", "True", "TRUE"])
const FALSE = new Set(["false", "False", "FALSE"])

/**
 * Plain scalars by YAML 1.2's core schema, but that a number which would be written differently stays text: `4.0` is a version and `007` a
 * name as often as they are numbers, and whoever wants a number can still have it.
 *
 * @see https://yaml.org/spec/1.2.2/#103-core-schema
 */
const PLAIN = FAILSAFE_SCHEMA.extend({
  implicit: [
    scalar(
      "null",
      (text) => NULLS.has(text),
      () => null,
    ),
    scalar(
      "bool",
      (text) => TRUE.has(text) || FALSE.has(text),
      (text) => TRUE.has(text),
    ),
    scalar("float", (text) => NUMBER.test(text) && String(Number(text)) === text, Number),
  ],
})

function scalar(tag: string, fits: (text: string) => boolean, construct: (text: string) => JsonValue): Type {
  return new Type(`tag:yaml.org,2002:${tag}`, {
    kind: "scalar",
    // A value that is not there at all has no text.
    resolve: (text: string | null) => fits(text ?? ""),
    construct: (text: string | null) => construct(text ?? ""),
  })
}
