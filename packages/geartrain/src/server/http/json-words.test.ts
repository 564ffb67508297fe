import assert from "node:assert/strict"
import { test } from "node:test"
import type { z } from "zod"
import { EMAIL, LOGIN, PASSWORD, SCOPE } from "../routes/people/people-words.ts"
import { DESTINATION, DIGEST, ID, JSON_OBJECT, JSON_VALUE, SHORT_TEXT, WHOLE } from "./json-words.ts"

function check(
  schema: z.ZodType,
  values: { readonly taken: readonly unknown[]; readonly refused: readonly unknown[] },
) {
  for (const value of values.taken) assert.ok(schema.safeParse(value).success, `${JSON.stringify(value)} is refused`)
  for (const value of values.refused) assert.ok(!schema.safeParse(value).success, `${JSON.stringify(value)} is taken`)
}

test("ids and digests are taken in the one form that they are written in", () => {
  const id = "0123456789abcdef01234567"
  check(ID, { taken: [id], refused: ["", id.toUpperCase(), `${id}0`, id.slice(1), ` ${id}`, `${id}\n`, 1, null] })
  const hex = "a".repeat(64)
  check(DIGEST, {
    taken: [`sha256:${hex}`],
    refused: [hex, `sha512:${hex}`, `sha256:${hex}0`, `sha256:${"A".repeat(64)}`, `sha256:${hex}\n`],
  })
})

test("a count is whole, not below nought, and no more than can be counted", () => {
  check(WHOLE, {
    taken: [0, 1, Number.MAX_SAFE_INTEGER],
    refused: [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, "1"],
  })
})

test("short texts are of any letters, and of no characters that cannot be seen at work", () => {
  check(SHORT_TEXT, {
    taken: ["a", "Zürich 脳", "ü".repeat(256), " "],
    refused: ["", "a".repeat(257), "a\0", "a\nb", "\u001b[31m", "\u007f", 1, ["a"]],
  })
  check(DESTINATION, {
    taken: [{ type: "session", id: "x" }],
    refused: [{}, { type: "session" }, { type: "", id: "x" }],
  })
})

test("any JSON is JSON, and an object is not a list, nor nothing", () => {
  check(JSON_VALUE, {
    taken: [null, 1, "a", [], {}, [{ a: [null] }]],
    refused: [undefined, () => 1, { a: () => 1 }],
  })
  check(JSON_OBJECT, { taken: [{}, { a: { b: [1] } }], refused: [[], null, "a", { a: () => 1 }] })
})

test("people log in with any letters but with no blank at an end, and what is refused says why", () => {
  check(LOGIN, {
    taken: ["a", "ada lovelace", "脳", "a@b", "a".repeat(128)],
    refused: ["", " ", " a", "a ", "a\tb", "a".repeat(129)],
  })
  assert.equal(LOGIN.safeParse("a ").error?.issues[0]?.message, "it is empty, or has a space at one of its ends")
  check(EMAIL, {
    taken: ["ada@lab.example"],
    refused: ["ada", "ada@", "@lab.example", "a b@lab.example", `${"a".repeat(250)}@b.example`],
  })
  check(PASSWORD, { taken: [" ", "\n", "a".repeat(1024)], refused: ["", "a".repeat(1025)] })
})

test("a scope is of one right, in a project of an id or in all", () => {
  const project = "0".repeat(24)
  check(SCOPE, {
    taken: [{ right: "read" }, { right: "admin", project }],
    refused: [
      {},
      { right: "owner" },
      { right: "read", project: "lab/Memory" },
      { right: "read", project: null },
      { right: "read", project: undefined },
    ],
  })
})
