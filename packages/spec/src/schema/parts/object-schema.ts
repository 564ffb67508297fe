import type { JsonObject } from "../../json/json-value.ts"

/** A member that is always there. */
export interface Must {
  readonly must: JsonObject
}

/** A member that may be absent. */
export interface May {
  readonly may: JsonObject
}

/**
 * The members of a type, each with its schema: the compiler refuses a name that the type has not, one that is left out, and `may` for a member
 * that is always there. So schema and type cannot part.
 */
export type MembersOf<Type> = {
  readonly [Name in keyof Type]-?: Record<never, never> extends Pick<Type, Name> ? May : Must
}

/** Makes the schema of a type: an object with its members and no others. */
export function objectOf<Type>(description: string, members: MembersOf<Type>): JsonObject {
  const entries = Object.entries<Must | May>(members)
  const required = entries.filter(([, member]) => "must" in member).map(([name]) => name)
  return {
    description,
    type: "object",
    properties: Object.fromEntries(
      entries.map(([name, member]) => [name, "must" in member ? member.must : member.may]),
    ),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
}

/** An array whose items are all of one schema. */
export function listOf(items: JsonObject): JsonObject {
  return { type: "array", items }
}

/** An object whose members are named by the data. */
export function mapOf(values: JsonObject): JsonObject {
  return { type: "object", additionalProperties: values }
}
