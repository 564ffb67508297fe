import type { GeartrainError, JsonValue } from "@geartrain/spec"
import { pegasusFault } from "./pegasus-fault.ts"
import { lineOf, type PegasusDocument } from "./yaml/pegasus-document.ts"

/** Where a value stands in its document: found out only when there is something to say about it. */
export interface Place {
  readonly document: PegasusDocument
  readonly parent?: Place
  readonly key?: string | number
}

export type JsonMap = Readonly<Record<string, JsonValue>>

export function inside(parent: Place, key: string | number): Place {
  return { document: parent.document, parent, key }
}

/** @returns an error that names the file, the line, and the value as `jobs[3].uses[0].lfn`. */
export function faultAt(place: Place, problem: string, hint?: string): GeartrainError {
  const path: (string | number)[] = []
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) {
    if (at.key !== undefined) path.unshift(at.key)
  }
  const what = path.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("")
  const { file } = place.document
  return pegasusFault({ file, line: lineOf(place.document, path), ...(what === "" ? {} : { what }) }, problem, hint)
}

export function asMap(value: JsonValue | undefined, place: Place): JsonMap {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonMap
  throw faultAt(place, `names with values are expected, and ${found(value)} is there`)
}

/** A list. One that is left empty, `uses:` with nothing behind it, has no items. */
export function asList(value: JsonValue | undefined, place: Place): readonly JsonValue[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw faultAt(place, `a list is expected, and ${found(value)} is there`)
}

/** A list of names with values, and where each item stands. */
export function mapsIn(
  map: JsonMap,
  key: string,
  place: Place,
): readonly { readonly entry: JsonMap; readonly at: Place }[] {
  const within = inside(place, key)
  return asList(map[key], within).map((item, index) => {
    const at = inside(within, index)
    return { entry: asMap(item, at), at }
  })
}

/** A list of texts; none where there is no list. */
export function textsIn(map: JsonMap, key: string, place: Place): readonly string[] {
  const within = inside(place, key)
  return asList(map[key], within).map((text, index) => asText(text, inside(within, index)))
}

/** A text; numbers and truths are taken as they are written. */
export function asText(value: JsonValue | undefined, place: Place): string {
  if (typeof value === "string") return value
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  throw faultAt(place, `a text is expected, and ${found(value)} is there`)
}

export function optionalText(map: JsonMap, key: string, place: Place): string | undefined {
  const value = map[key]
  return value === undefined || value === null ? undefined : asText(value, inside(place, key))
}

export function neededText(map: JsonMap, key: string, place: Place): string {
  if (!Object.hasOwn(map, key)) throw faultAt(place, `it has no ${key}`, `Add ${key} there`)
  const text = asText(map[key], inside(place, key))
  if (text === "") throw faultAt(inside(place, key), `${key} is empty`)
  return text
}

/** `true` and `"true"` alike: Pegasus' own writers give both. */
export function optionalTruth(map: JsonMap, key: string, place: Place): boolean | undefined {
  const value = map[key]
  if (value === undefined || value === null) return undefined
  if (typeof value === "boolean") return value
  const word = String(value).toLowerCase()
  if (word === "true" || word === "false") return word === "true"
  throw faultAt(inside(place, key), `true or false is expected, and ${found(value)} is there`)
}

/** A size, written as a number or as a text of digits. */
export function optionalSize(map: JsonMap, key: string, place: Place): number | undefined {
  const value = map[key]
  if (value === undefined || value === null) return undefined
  const text = asText(value, inside(place, key)).trim()
  const size = /^\d+(\.\d+)?(e\+?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(size))
    throw faultAt(inside(place, key), `a number that is not below 0 is expected, and ${found(value)} is there`)
  return size
}

/** One of some words, in whatever case it is written. */
export function oneOf<Word extends string>(text: string, words: readonly Word[], place: Place): Word {
  const word = words.find((known) => known.toLowerCase() === text.toLowerCase())
  if (word !== undefined) return word
  throw faultAt(place, `"${text}" is none of ${words.join(", ")}`)
}

function found(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "nothing"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object") return "names with values"
  const text = String(value)
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`
}
