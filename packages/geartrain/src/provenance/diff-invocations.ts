import { canonicalJson, type Invocation, type InvocationInput, type JobRecord, type JsonValue } from "@geartrain/spec"

/** One thing in which two jobs are not alike. A side that is absent has no such thing. */
export interface JobDifference {
  readonly part:
    | "gear"
    | "config"
    | "input"
    | "environment"
    | "network"
    | "destination"
    | "provider"
    | "limits"
    | "host"
    | "engine"
    | "held to"
    | "exit"
    | "output"
  /** Name of the config value, input, variable or file; empty where the part is one thing. */
  readonly name: string
  readonly a?: JsonValue
  readonly b?: JsonValue
}

/** In what the invocations of two jobs differ, each with both values: empty just when their digests are the same. */
export function diffInvocations(a: Invoked, b: Invoked): readonly JobDifference[] {
  const [left, right] = [a.invocation, b.invocation]
  return [
    ...differingValue("gear", gearOf(a), gearOf(b)),
    ...differingMembers("config", left.config, right.config),
    ...inputDifferences(left, right),
    ...differingMembers("environment", left.environment, right.environment),
    ...differingValue("network", left.network, right.network),
    ...differingValue("destination", destinationOf(left), destinationOf(right)),
  ]
}

/** The first thing in which the invocations of two jobs differ; undefined where they are the same. Looks no further than that. */
export function firstInvocationDifference(a: Invoked, b: Invoked): JobDifference | undefined {
  const [left, right] = [a.invocation, b.invocation]
  return (
    differingValue("gear", gearOf(a), gearOf(b))[0] ??
    differingMembers("config", left.config, right.config)[0] ??
    diffInvocations(a, b)[0]
  )
}

/** The part of a record that says what was carried out. */
export interface Invoked extends Pick<JobRecord, "invocation"> {
  readonly gear: Pick<JobRecord["gear"], "id" | "name" | "version">
}

/** In what else two jobs differ, which should make no difference to what comes out, and may: where they ran, and under what. */
export function diffCircumstances(a: JobRecord, b: JobRecord): readonly JobDifference[] {
  return [
    ...differingValue("provider", providerOf(a), providerOf(b)),
    ...differingMembers("limits", { ...a.limits }, { ...b.limits }),
    ...differingMembers("host", { ...a.host }, { ...b.host }),
    ...differingValue("engine", a.engine.version, b.engine.version),
    ...differingValue("held to", heldTo(a), heldTo(b)),
  ]
}

export function differingProvider(a: JobRecord, b: JobRecord): readonly JobDifference[] {
  return differingValue("provider", providerOf(a), providerOf(b))
}

export type Members = Readonly<Record<string, JsonValue | undefined>>

export function differingValue(part: JobDifference["part"], a: JsonValue, b: JsonValue): readonly JobDifference[] {
  return canonicalJson(a) === canonicalJson(b) ? [] : [differenceOf(part, "", { a, b })]
}

/** What two records of values by name differ in, in the order of the names. */
export function differingMembers(part: JobDifference["part"], a: Members, b: Members): readonly JobDifference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted()
  return names.flatMap((name) => {
    const left = Object.hasOwn(a, name) ? a[name] : undefined
    const right = Object.hasOwn(b, name) ? b[name] : undefined
    const isSame =
      left === undefined || right === undefined ? left === right : canonicalJson(left) === canonicalJson(right)
    return isSame ? [] : [differenceOf(part, name, { a: left, b: right })]
  })
}

export function differenceOf(
  part: JobDifference["part"],
  name: string,
  sides: { readonly a: JsonValue | undefined; readonly b: JsonValue | undefined },
): JobDifference {
  return {
    part,
    name,
    ...(sides.a === undefined ? {} : { a: sides.a }),
    ...(sides.b === undefined ? {} : { b: sides.b }),
  }
}

function gearOf({ gear }: Invoked): JsonValue {
  return `${gear.name}@${gear.version} ${gear.id}`
}

function providerOf({ provider }: JobRecord): JsonValue {
  return provider === undefined ? null : `${provider.name} ${provider.version}`
}

function heldTo({ conditions }: JobRecord): JsonValue {
  return conditions === undefined ? null : conditions.map(({ says }) => says).join(", ")
}

function destinationOf({ destination }: Invocation): JsonValue {
  return destination === undefined ? null : `${destination.type} ${destination.id}`
}

function inputDifferences(a: Invocation, b: Invocation): readonly JobDifference[] {
  const found = differingMembers("input", valuesOf(a.inputs, briefly), valuesOf(b.inputs, briefly))
  const named = new Set(found.map(({ name }) => name))
  // The same bytes may be described in another way, which the gear sees.
  const described = differingMembers("input", valuesOf(a.inputs, inFull), valuesOf(b.inputs, inFull))
  return [...found, ...described.filter(({ name }) => !named.has(name))]
}

function valuesOf(inputs: Invocation["inputs"], toValue: (input: InvocationInput) => JsonValue): Members {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, toValue(input)]))
}

function briefly(input: InvocationInput): JsonValue {
  if (input.base === "file") return `${input.name} ${input.digest}`
  if (input.base === "context") return input.found ? (input.value ?? null) : null
  return "a key"
}

function inFull(input: InvocationInput): JsonValue {
  return { ...input } as unknown as JsonValue
}
