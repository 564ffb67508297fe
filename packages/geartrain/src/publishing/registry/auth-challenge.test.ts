import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { parseChallenges } from "./auth-challenge.ts"

const read = (header: string): unknown =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])

test("one challenge, several, and their parameters are read", () => {
  assert.deepEqual(read('Bearer realm="https://a/t?x=1",service="s",scope="repository:a/b:pull,push"'), [
    ["bearer", { realm: "https://a/t?x=1", service: "s", scope: "repository:a/b:pull,push" }],
  ])
  assert.deepEqual(read('Basic realm="a \\"b\\"", BEARER Realm=x'), [
    ["basic", { realm: 'a "b"' }],
    ["bearer", { realm: "x" }],
  ])
  assert.deepEqual(read("Basic"), [["basic", {}]])
  assert.deepEqual(read(""), [])
})

test("nonsense is passed over, and a long header is not read to its end", () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (header) => void parseChallenges(header)))
  assert.deepEqual(read(`Bearer ${" ".repeat(10_000)} realm=x`), [["bearer", {}]])
  assert.deepEqual(read(`Bearer realm="${"\\".repeat(100_000)}`), [
    ["bearer", {}],
    ["realm", {}],
  ])
})
