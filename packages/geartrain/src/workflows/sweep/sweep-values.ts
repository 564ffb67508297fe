import { type ConfigItem, GeartrainError, type JsonValue, parseSettingValue } from "@geartrain/spec"

/** More than a plan can hold. */
const MOST_VALUES = 1_000_000

/**
 * Reads what a sweep goes through: `1..10`, `0..1:0.25`, `a,b,c`, several of them with commas between, or a JSON list.
 *
 * Ranges are of numbers alone, both ends counted; without a step they go by one. `\,` is a comma that is part of a value.
 *
 * @param declared  What the manifest says of the config value: numbers become numbers, and so on.
 * @throws {GeartrainError} USAGE for an empty item, a range of what is no number, and one without end.
 * @example
 *   sweepValues("k", { type: "integer" }, "1..3,9") // => [1, 2, 3, 9]
 *   sweepValues("f", { type: "number" }, "0..1:0.25") // => [0, 0.25, 0.5, 0.75, 1]
 */
export function sweepValues(name: string, declared: ConfigItem, text: string): readonly JsonValue[] {
  const list = text.trimStart().startsWith("[") ? jsonList({ name, text }) : undefined
  if (list !== undefined) return list
  const types = [declared["type"] ?? []].flat() as readonly unknown[]
  const isNumber = types.length > 0 && types.every((type) => type === "integer" || type === "number")
  const values: JsonValue[] = []
  for (const item of splitItems(text)) {
    if (item === "")
      throw usage(
        { name, text },
        { is: "it has an item with nothing in it", hint: "Write values with commas between: a,b,c" },
      )
    const range = isNumber ? RANGE.exec(item) : null
    if (range !== null) for (const value of rangeOf({ name, text }, range)) values.push(value)
    else values.push(readItem(name, declared, item))
    if (values.length > MOST_VALUES)
      throw usage({ name, text }, { is: `it has more than ${MOST_VALUES} values`, hint: "Take larger steps" })
  }
  return values
}

/** What somebody wrote, for errors. */
interface Sought {
  readonly name: string
  readonly text: string
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`
const RANGE = new RegExp(String.raw`^(${NUMBER})\.\.(${NUMBER})(?::(${NUMBER}))?$`)

function splitItems(text: string): readonly string[] {
  return text.split(/(?<!\\),/).map((item) => item.replaceAll("\\,", ",").trim())
}

/** Each value is reckoned from the first, so that no error adds up: 0.1 + 0.2 is written 0.3. */
function* rangeOf(sought: Sought, range: RegExpExecArray): Generator<number> {
  const [from, to] = [Number(range[1]), Number(range[2])]
  const given = range[3] === undefined ? 1 : Number(range[3])
  const step = Math.abs(given) * (to < from ? -1 : 1)
  const count = step === 0 ? Number.POSITIVE_INFINITY : Math.floor((to - from) / step + 1e-9) + 1
  if (!(count <= MOST_VALUES)) {
    const is = step === 0 ? "its step is 0" : `it has more than ${MOST_VALUES} values`
    throw usage(sought, { is, hint: "Take larger steps" })
  }
  for (let index = 0; index < count; index++) yield Number((from + index * step).toPrecision(12))
}

/** Text that cannot be what is declared is handed on as it is: the check of the invocation tells all that is wrong at once. */
function readItem(name: string, declared: ConfigItem, text: string): JsonValue {
  const read = parseSettingValue(name, declared, text)
  return read.ok ? read.value : text
}

function jsonList(sought: Sought): readonly JsonValue[] {
  try {
    const value = JSON.parse(sought.text) as JsonValue
    if (Array.isArray(value) && value.length > 0) return value as readonly JsonValue[]
  } catch (error) {
    throw usage(sought, {
      is: "it begins as a JSON list and is none",
      hint: "Close it, or leave the [ away",
      cause: error,
    })
  }
  throw usage(sought, { is: "it is a list with nothing in it", hint: "Write the values in it: [1, 2]" })
}

function usage(
  { name, text }: Sought,
  { is, hint, cause }: { readonly is: string; readonly hint: string; readonly cause?: unknown },
): GeartrainError {
  return new GeartrainError("USAGE", `Cannot read --set ${name}="${text.slice(0, 200)}": ${is}`, {
    hint,
    details: { name },
    ...(cause === undefined ? {} : { cause }),
  })
}
