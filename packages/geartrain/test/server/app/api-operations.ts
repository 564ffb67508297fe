import assert from "node:assert/strict"
import type { AppBench } from "../app-bench.ts"

/** A schema, as the document has it. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly minimum?: number
  readonly minLength?: number
  readonly minItems?: number
  readonly format?: string
  readonly pattern?: string
}

/** One route of the server, as its own document describes it. */
export interface Operation {
  readonly id: string
  readonly method: "get" | "head" | "post" | "put" | "patch" | "delete"
  /** With `{name}` where a parameter stands. */
  readonly path: string
  /** Anybody may call it. */
  readonly isOpen: boolean
  /** It answers for as long as somebody listens. */
  readonly isStream: boolean
  readonly params: readonly { readonly name: string; readonly schema: Schema }[]
  readonly query: readonly { readonly name: string; readonly schema: Schema }[]
  readonly body?: Schema | undefined
  readonly parts: Readonly<Record<string, Schema>>
}

/** All routes that the application has, whoever added them. */
export async function operationsOf(bench: AppBench): Promise<readonly Operation[]> {
  const document = (await bench.as("nobody").get("/openapi.json")).body
  const parts: Record<string, Schema> = document.components?.schemas ?? {}
  const found: Operation[] = []
  for (const [path, methods] of Object.entries<Record<string, never>>(document.paths)) {
    for (const [method, raw] of Object.entries<OperationObject>(methods)) {
      const named = (place: string) => (raw.parameters ?? []).filter((parameter) => parameter.in === place)
      found.push({
        id: raw.operationId,
        method: method as Operation["method"],
        path,
        isOpen: raw.security?.length === 0,
        isStream: Object.keys(raw.responses["200"]?.content ?? {}).includes("text/event-stream"),
        params: named("path"),
        query: named("query"),
        body: raw.requestBody?.content["application/json"]?.schema,
        parts,
      })
    }
  }
  assert.ok(found.length > 20)
  return found
}

/** Routes that are there for others' programs, and not in the document: found in the router itself. */
export function undocumentedOf(bench: AppBench): readonly Operation[] {
  const above: string[] = []
  return bench.app
    .printRoutes({ commonPrefix: false })
    .split("\n")
    .flatMap((line) => {
      const [, indent, part = "", methods = ""] = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
      if (indent === undefined) return []
      above.length = indent.length / 4
      above.push(part)
      const path = above.join("").replace(/:(\w+)(?:\|:\w+)*/g, "{$1}")
      if (path.startsWith("/api/v1/") || path === "*") return []
      const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
        name,
        schema: { type: "string", pattern: "24" },
      }))
      return methods
        .toLowerCase()
        .split(", ")
        .filter((method): method is Operation["method"] => METHODS.includes(method as Operation["method"]))
        .map((method) => ({
          id: `${method} ${path}`,
          method,
          path,
          isOpen: false,
          isStream: false,
          params,
          query: [],
          parts: {},
        }))
    })
}

const METHODS: readonly Operation["method"][] = ["get", "head", "post", "put", "patch", "delete"]

interface OperationObject {
  readonly operationId: string
  readonly security?: readonly unknown[]
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, { readonly content?: object }>>
}

/** A value that fits a schema, or nearly: as small as can be. */
export function sampleOf(schema: Schema, parts: Operation["parts"], depth = 0): unknown {
  if (depth > 8) return null
  const next = (inner: Schema): unknown => sampleOf(inner, parts, depth + 1)
  if (schema.$ref !== undefined) return next(parts[schema.$ref.split("/").at(-1) ?? ""] ?? {})
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  const choice = schema.anyOf ?? schema.oneOf
  if (choice !== undefined) return next(choice[0] ?? {})
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0]
  switch (type) {
    case "object":
      return Object.fromEntries((schema.required ?? []).map((name) => [name, next(schema.properties?.[name] ?? {})]))
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => next(schema.items ?? {}))
    case "integer":
    case "number":
      return Math.max(schema.minimum ?? 0, 0)
    case "boolean":
      return false
    case "null":
      return null
    default:
      return textOf(schema)
  }
}

function textOf(schema: Schema): string {
  if (schema.format === "email") return "a@lab.example"
  if (schema.pattern?.includes("sha256") === true) return `sha256:${"0".repeat(64)}`
  if (schema.pattern?.includes("24") === true) return "0".repeat(24)
  return "a".repeat(Math.max(schema.minLength ?? 1, 1))
}
