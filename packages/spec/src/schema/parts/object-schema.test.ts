import assert from "node:assert/strict"
import { test } from "node:test"
import { listOf, mapOf, objectOf } from "./object-schema.ts"
import { TEXT } from "./value-schemas.ts"

test("a type's members become a closed object that asks for those that are always there", () => {
  assert.deepEqual(objectOf<{ a: string; b?: string }>("An object", { a: { must: TEXT }, b: { may: TEXT } }), {
    description: "An object",
    type: "object",
    properties: { a: { type: "string" }, b: { type: "string" } },
    required: ["a"],
    additionalProperties: false,
  })
  assert.equal("required" in objectOf<{ b?: string }>("An object", { b: { may: TEXT } }), false)
})

test("the compiler refuses members that are not the type's", () => {
  // @ts-expect-error -- a member is left out
  objectOf<{ a: string; b?: string }>("An object", { a: { must: TEXT } })
  // @ts-expect-error -- a member is one too many
  objectOf<{ a: string }>("An object", { a: { must: TEXT }, c: { may: TEXT } })
  // @ts-expect-error -- a member that is always there is called one that may be absent
  objectOf<{ a: string }>("An object", { a: { may: TEXT } })
})

test("lists and maps have one schema for all they hold", () => {
  assert.deepEqual(listOf(TEXT), { type: "array", items: { type: "string" } })
  assert.deepEqual(mapOf(TEXT), { type: "object", additionalProperties: { type: "string" } })
})
