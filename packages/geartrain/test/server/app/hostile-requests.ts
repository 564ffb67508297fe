import fc from "fast-check"
import { type Operation, type Schema, sampleOf } from "./api-operations.ts"

/** Somebody's attempt at a route. */
export interface Attempt {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Texts that were trouble for somebody: in paths, in statements, in logs, in pages. */
const HOSTILE = [
  "",
  " ",
  ".",
  "..",
  "../../../../etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "a/b",
  "%",
  "%00",
  "\0",
  "%ff",
  "a\r\nSet-Cookie: x=y",
  "' or 1=1 --",
  '"; drop table users; --',
  "{jndi:ldap://x}",
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "null",
  "NaN",
  "-1",
  "1e309",
  "9007199254740993",
  "\u202egnp.exe",
  "\ud800",
  "ÅA\u030A",
  "a".repeat(300),
  "0".repeat(24),
  "f".repeat(24),
  `sha256:${"0".repeat(64)}`,
]

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  fc.string({ unit: "binary", maxLength: 40 }),
)

const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.constantFrom(null, true, 0, -1, 1.5, 1e308, 2 ** 53, [], {}, [[]], [null], { $ne: 1 }, { toString: "x" }),
  fc.jsonValue({ maxDepth: 3 }),
)

/**
 * What may come for an operation: nearly what it takes, with something wrong; or something else altogether.
 *
 * @param ids  Of things that there are.
 */
export function attempts(operation: Operation, ids: readonly string[]): fc.Arbitrary<Attempt> {
  return fc.record({
    path: fc.tuple(pathOf(operation, ids), queryOf(operation)).map(([path, query]) => `${path}${query}`),
    headers: headers(operation),
    body:
      operation.body === undefined
        ? fc.option(anyBody, { nil: undefined, freq: 5 })
        : bodyOf(operation, operation.body),
  })
}

function pathOf(operation: Operation, ids: readonly string[]): fc.Arbitrary<string> {
  const values = operation.params.map(({ schema }) =>
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...ids) },
      { weight: 2, arbitrary: fc.constant(String(sampleOf(schema, operation.parts))) },
      text,
    ),
  )
  return fc.tuple(...values).map((given) => {
    let at = 0
    return operation.path.replace(/\{[^}]+\}/g, () => escaped(given[at++] ?? ""))
  })
}

function queryOf(operation: Operation): fc.Arbitrary<string> {
  const pairs = operation.query.map(({ name, schema }) =>
    fc
      .oneof({ weight: 2, arbitrary: fc.constant(String(sampleOf(schema, operation.parts))) }, text)
      .map((given) => `${name}=${escaped(given)}`),
  )
  const unknown = text.map((given) => `${escaped(given)}=${escaped(given)}`)
  return (
    fc
      .tuple(...pairs.map((pair) => fc.option(pair, { nil: "" })), fc.option(unknown, { nil: "", freq: 5 }))
      .map((given) => given.filter((pair) => pair !== ""))
      // Twice the same makes a list of it.
      .chain((given) => fc.boolean().map((twice) => (twice ? [...given, ...given.slice(0, 1)] : given)))
      .map((given) => (given.length === 0 ? "" : `?${given.join("&")}`))
  )
}

function bodyOf(operation: Operation, schema: Schema): fc.Arbitrary<string | undefined> {
  const sample = sampleOf(schema, operation.parts)
  const names = [...Object.keys(schema.properties ?? {}), "__proto__", "extra"]
  const changed = fc.tuple(fc.constantFrom(...names), value, fc.boolean()).map(([name, given, isMissing]) => {
    const { [name]: _, ...rest } = (typeof sample === "object" ? sample : {}) as Record<string, unknown>
    // Written, since an object cannot be given a member `__proto__` otherwise.
    const members = Object.entries(rest).map(([key, each]) => `${JSON.stringify(key)}:${JSON.stringify(each)}`)
    return `{${[...members, ...(isMissing ? [] : [`${JSON.stringify(name)}:${JSON.stringify(given) ?? "null"}`])].join(",")}}`
  })
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(JSON.stringify(sample)) },
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: anyBody },
  )
}

const anyBody = fc.oneof(
  value.map((given) => JSON.stringify(given) ?? ""),
  text,
  fc.constantFrom(
    "{",
    "[".repeat(100_000),
    `"${"a".repeat(1_100_000)}"`,
    '{"a":1,"a":2}',
    "\ufeff{}",
    '"\\u0000"',
    '"\\ud800"',
  ),
)

function headers(operation: Operation): fc.Arbitrary<Record<string, string>> {
  const type = fc.oneof(
    { weight: 8, arbitrary: fc.constant("application/json") },
    fc.constantFrom(
      "text/plain",
      "application/octet-stream",
      "multipart/form-data; boundary=x",
      "x",
      "application/json; charset=\u00ff",
    ),
  )
  const hostile = fc.constantFrom(...HOSTILE).map((given) => encodeURI(given.toWellFormed()).slice(0, 200))
  const extra = fc.option(
    fc
      .tuple(
        fc.constantFrom("if-match", "range", "cookie", "x-forwarded-for", "last-event-id", "accept", "origin"),
        hostile,
      )
      .map(([name, given]) => ({ [name]: given })),
    { nil: {}, freq: 3 },
  )
  const hasBody = operation.method !== "get" && operation.method !== "head"
  return fc.tuple(type, extra).map(([given, more]) => ({ ...(hasBody ? { "content-type": given } : {}), ...more }))
}

/** Escapes what no client would send, and leaves the rest: escapes that are broken are sent as they are. */
function escaped(given: string): string {
  return /^[\x21-\x7e]*$/.test(given) && !/[?#\s]/.test(given) ? given : encodeURIComponent(given.toWellFormed())
}
