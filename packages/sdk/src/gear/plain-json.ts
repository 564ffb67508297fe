import { GeartrainError, type JsonValue } from "@geartrain/spec"

/**
 * Makes a JSON value of what a gear's code has: times become text, typed arrays lists, and numbers and times that JSON cannot say null, with a warning.
 *
 * @throws {GeartrainError} METADATA_INVALID for what JSON has no place for, with its place.
 * @example
 *   plainJson({ at: new Date(0), values: new Float32Array([1, 2]) }, { place: "info", warn: () => undefined })
 *   // => { at: "1970-01-01T00:00:00.000Z", values: [1, 2] }
 */
export function plainJson(
  value: unknown,
  options: { readonly place: string; readonly warn: (text: string) => void },
  depth = 0,
): JsonValue {
  const { place, warn } = options
  const below = (name: string | number, each: unknown): JsonValue =>
    plainJson(each, { place: typeof name === "number" ? `${place}[${name}]` : `${place}.${name}`, warn }, depth + 1)
  if (depth > DEEPEST) throw invalid(place, `it has more than ${DEEPEST} levels`)
  if (value === null || typeof value === "string" || typeof value === "boolean") return value
  if (typeof value === "number" || value instanceof Date) {
    if (Number.isFinite(value.valueOf())) return typeof value === "number" ? value : value.toISOString()
    warn(`metadata: ${place} is ${value}, which JSON cannot say; it becomes null`)
    return null
  }
  if (Array.isArray(value) || value instanceof Set || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    return [...(value as Iterable<unknown>)].map((each, index) => below(index, each))
  }
  if (value instanceof Map || (typeof value === "object" && isPlain(value))) {
    const entries = value instanceof Map ? [...value] : Object.entries(value)
    return Object.fromEntries(
      entries.filter(([, each]) => each !== undefined).map(([name, each]) => [String(name), below(String(name), each)]),
    )
  }
  throw invalid(
    place,
    `a ${typeof value === "object" ? (value.constructor?.name ?? "object") : typeof value} is no JSON`,
  )
}

// As deep as metadata is read.
const DEEPEST = 64

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function invalid(place: string, problem: string): GeartrainError {
  return new GeartrainError("METADATA_INVALID", `Cannot say ${place}: ${problem}`, {
    hint: "Give text, numbers, true, false, null, lists and objects of them",
  })
}
