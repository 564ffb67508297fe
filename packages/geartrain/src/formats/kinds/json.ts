import { comparison, Findings } from "../file-comparison.ts"
import type { Format } from "../format.ts"
import { errorText, NumberTally } from "../numbers/number-tally.ts"
import { readWhole } from "../streams/read-whole.ts"
import { UnfitFile } from "../unfit-file.ts"
import { isText } from "./text.ts"

/** A larger document is compared line by line, or as bytes. */
const MOST_BYTES = 32 * 1024 * 1024
const DEEPEST = 200

/** JSON, member by member: the order of members and the blanks between them mean nothing. */
export const JSON_FORMAT: Format = {
  name: "json",
  fits: (head, name) => /\.(json|geojson|ipynb)$/.test(name) && isText(head),
  compare: async (a, b) => {
    const one = parse(await readWhole(a.chunks(), MOST_BYTES))
    const two = parse(await readWhole(b.chunks(), MOST_BYTES))
    const findings = new Findings()
    const tally = new NumberTally()
    compareValues(one, two, { findings, tally, path: "$", depth: 0 })
    const numbers = tally.errors
    return comparison("json", findings, {
      summary:
        findings.count === 0
          ? "the same values"
          : `${findings.count} values differ${numbers.differing === 0 ? "" : `; ${errorText(numbers)}`}`,
      ...(numbers.compared === 0 ? {} : { numbers }),
    })
  },
}

/** A whole number that has more digits than a double keeps stays apart from its neighbours. */
type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [name: string]: Value }

function parse(bytes: Uint8Array): Value {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), exactNumbers)
  } catch (error) {
    throw error instanceof UnfitFile ? error : new UnfitFile(String(error))
  }
}

function exactNumbers(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  if (typeof value !== "number" || source === undefined || Number.isSafeInteger(value)) return value
  if (/^-?\d{1,400}$/.test(source)) return BigInt(source)
  // All such would be one and the same infinity.
  if (!Number.isFinite(value)) throw new UnfitFile("it has a number that is too large for a double")
  return value
}

interface Place {
  readonly findings: Findings
  readonly tally: NumberTally
  readonly path: string
  readonly depth: number
}

function compareValues(a: Value | undefined, b: Value | undefined, place: Place): void {
  const { findings, tally, path, depth } = place
  if (depth > DEEPEST) throw new UnfitFile(`it is nested deeper than ${DEEPEST}`)
  if (typeof a === "number" && typeof b === "number") {
    if (!tally.add(a, b)) findings.add(path, String(a), String(b))
    return
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index += 1)
      compareValues(a[index], b[index], { ...place, path: `${path}[${index}]`, depth: depth + 1 })
    return
  }
  if (isObject(a) && isObject(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const inside = { ...place, path: `${path}${memberPath(name)}`, depth: depth + 1 }
      compareValues(memberOf(a, name), memberOf(b, name), inside)
    }
    return
  }
  if (a !== b) findings.add(path, textOf(a), textOf(b))
}

function isObject(value: Value | undefined): value is { readonly [name: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function memberOf(value: { readonly [name: string]: Value }, name: string): Value | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

function memberPath(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

function textOf(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined
  return typeof value === "bigint"
    ? String(value)
    : JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner))
}
