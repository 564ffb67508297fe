import { isJsonArray, isJsonObject, showJson } from "../json/json-kind.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { MemberKind } from "./members.ts"

/** What is wrong with a value, and what would mend it. */
export interface MemberFault {
  readonly problem: string
  readonly fix: string
}

/**
 * Holds the value of a member against its kind.
 *
 * @returns undefined for a value that is of the kind.
 * @example
 *   checkMember("count", -1) // => { problem: "found -1, wanted a whole number, 0 or more", fix: "Write a whole number, 0 or more" }
 *   checkMember("tags", ["a", "b"]) // => undefined
 */
export function checkMember(kind: MemberKind, value: JsonValue): MemberFault | undefined {
  const rule = RULES[kind]
  if (rule.holds(value)) return undefined
  return { problem: `found ${showJson(value)}, wanted ${rule.wanted}`, fix: `Write ${rule.wanted}` }
}

interface Rule {
  readonly holds: (value: JsonValue) => boolean
  readonly wanted: string
}

const RULES: Readonly<Record<MemberKind, Rule>> = {
  text: { holds: isText, wanted: "a text" },
  flag: { holds: (value) => typeof value === "boolean", wanted: "true or false" },
  number: { holds: (value) => typeof value === "number", wanted: "a number" },
  count: {
    holds: (value) => typeof value === "number" && Number.isInteger(value) && value >= 0,
    wanted: "a whole number, 0 or more",
  },
  object: { holds: isJsonObject, wanted: "members with names" },
  tags: { holds: (value) => isJsonArray(value) && value.every(isText), wanted: "a list of texts" },
  classification: {
    holds: (value) =>
      isJsonObject(value) && Object.values(value).every((words) => isJsonArray(words) && words.every(isText)),
    wanted: "lists of texts by name, such as Intent: [Structural]",
  },
  time: { holds: isTime, wanted: "a time with its zone, such as 2020-01-31T12:00:00Z" },
}

function isText(value: JsonValue): boolean {
  return typeof value === "string"
}

/** @see RFC 3339, section 5.6 */
const TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/

function isTime(value: JsonValue): boolean {
  return typeof value === "string" && TIME.test(value) && !Number.isNaN(Date.parse(value))
}
