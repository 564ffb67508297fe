import type { JsonValue } from "@geartrain/spec"

/**
 * Writes a value as YAML 1.2 that people read: what has parts in lines of its own, short lists and objects of plain values in one.
 *
 * @example
 *   toYaml({ a: { b: [1, "x"], c: "yes" } }) // => 'a: { b: [1, x], c: "yes" }\n'
 */
export function toYaml(value: JsonValue): string {
  const short = flow(value)
  return isBlock(value, short) ? `${block(value, "").trimStart()}` : `${short}\n`
}

const WIDEST = 100

function isBlock(value: JsonValue, short: string): value is readonly JsonValue[] | Readonly<Record<string, JsonValue>> {
  if (typeof value !== "object" || value === null) return false
  const parts = Object.values(value)
  if (parts.length === 0) return false
  // A level of names has its lines; what is in the last two may share one.
  return short.length > WIDEST || depth(value) > 2
}

function depth(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 0
  let deepest = 0
  for (const part of Object.values(value)) deepest = Math.max(deepest, depth(part))
  return 1 + deepest
}

/** Begins with a line break, and ends with one. */
function block(value: JsonValue, indent: string): string {
  if (Array.isArray(value))
    return `\n${value.map((item: JsonValue) => `${indent}- ${entry(item, `${indent}  `)}`).join("")}`
  const members = Object.entries(value as Readonly<Record<string, JsonValue>>)
  return `\n${members.map(([name, item]) => `${indent}${scalar(name)}:${after(item, indent)}`).join("")}`
}

function after(item: JsonValue, indent: string): string {
  const short = flow(item)
  return isBlock(item, short) ? block(item, `${indent}  `) : ` ${short}\n`
}

function entry(item: JsonValue, indent: string): string {
  const short = flow(item)
  return isBlock(item, short) ? block(item, indent).trimStart() : `${short}\n`
}

function flow(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`
  if (typeof value !== "object" || value === null) return scalar(value as string)
  const members = Object.entries(value)
  return members.length === 0
    ? "{}"
    : `{ ${members.map(([name, item]) => `${scalar(name)}: ${flow(item)}`).join(", ")} }`
}

/** Plain where no reader of any version takes it for something else; else in quotes, as JSON has them. */
function scalar(value: string | number | boolean | null): string {
  if (typeof value !== "string") return JSON.stringify(value)
  const isPlain = /^(?:[A-Za-z]|\.\/)[A-Za-z0-9_./@-]*$/.test(value) && !WORDS.test(value)
  return isPlain ? value : JSON.stringify(value)
}

const WORDS = /^(?:y|n|yes|no|on|off|true|false|null)$/i
