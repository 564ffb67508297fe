import type { JsonValue } from "./json-value.ts"

/**
 * Writes a JSON value in the one form that every program writes it in, so that equal values have equal bytes and so equal digests.
 *
 * Members are sorted by their UTF-16 code units, numbers take ECMAScript's shortest form, and there is no white space.
 *
 * @throws {TypeError} for what JSON cannot hold: a number that is not finite, a lone surrogate, `undefined`, a function. Such a value is a bug
 *   of the caller, for parsed JSON has none but the lone surrogate, which `parseJson` refuses.
 * @see RFC 8785, section 3.2
 * @example
 *   canonicalJson({ b: 1e21, a: [true, null] }) // => '{"a":[true,null],"b":1e+21}'
 */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value === "boolean") return String(value)
  if (typeof value === "number") return canonicalNumber(value)
  if (typeof value === "string") return canonicalString(value)
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`
  if (typeof value !== "object") throw new TypeError(`Canonical JSON cannot hold a ${typeof value}`)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonicalString(key)}:${canonicalJson(value[key] as JsonValue)}`)
  return `{${members.join(",")}}`
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`Canonical JSON cannot hold ${value}`)
  return JSON.stringify(value)
}

function canonicalString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError("Canonical JSON cannot hold a string with a lone surrogate")
  return JSON.stringify(value)
}
