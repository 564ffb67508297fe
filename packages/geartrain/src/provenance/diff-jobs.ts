import { canonicalJson, type JobRecord, type JsonValue } from "@geartrain/spec"
import { compareOutputs } from "./compare-outputs.ts"

/** One thing in which two jobs are not alike. A side that is absent has no such thing. */
export interface JobDifference {
  readonly part: "gear" | "config" | "input" | "environment" | "network" | "provider" | "limits" | "exit" | "output"
  /** Name of the config value, input, variable or file; empty where the part is one thing. */
  readonly name: string
  readonly a?: JsonValue
  readonly b?: JsonValue
}

/** Lists in what two jobs differ, what decides the result first, then where and how they ran, then what came out. */
export function diffJobs(a: JobRecord, b: JobRecord): readonly JobDifference[] {
  return [
    ...one("gear", gearOf(a), gearOf(b)),
    ...members("config", a.invocation.config, b.invocation.config),
    ...members("input", inputsOf(a), inputsOf(b)),
    ...members("environment", a.invocation.environment, b.invocation.environment),
    ...one("network", a.invocation.network, b.invocation.network),
    ...one("provider", providerOf(a), providerOf(b)),
    ...members("limits", { ...a.limits }, { ...b.limits }),
    ...one("exit", a.exit?.code ?? null, b.exit?.code ?? null),
    ...compareOutputs(a, b).map(({ path, here, there }) => difference("output", path, { a: here, b: there })),
  ]
}

type Members = Readonly<Record<string, JsonValue | undefined>>

function gearOf(record: JobRecord): JsonValue {
  return `${record.gear.name}@${record.gear.version} ${record.gear.id}`
}

function providerOf(record: JobRecord): JsonValue {
  return record.provider === undefined ? null : `${record.provider.name} ${record.provider.version}`
}

function inputsOf(record: JobRecord): Members {
  return Object.fromEntries(
    Object.entries(record.invocation.inputs).map(([name, input]) => [
      name,
      input.base === "file"
        ? `${input.name} ${input.digest}`
        : input.base === "context"
          ? (input.value ?? null)
          : "a key",
    ]),
  )
}

function one(part: JobDifference["part"], a: JsonValue, b: JsonValue): readonly JobDifference[] {
  return canonicalJson(a) === canonicalJson(b) ? [] : [difference(part, "", { a, b })]
}

function members(part: JobDifference["part"], a: Members, b: Members): readonly JobDifference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted()
  return names.flatMap((name) => {
    const left = Object.hasOwn(a, name) ? a[name] : undefined
    const right = Object.hasOwn(b, name) ? b[name] : undefined
    const isSame =
      left === undefined || right === undefined ? left === right : canonicalJson(left) === canonicalJson(right)
    return isSame ? [] : [difference(part, name, { a: left, b: right })]
  })
}

function difference(
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
