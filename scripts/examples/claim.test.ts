import assert from "node:assert/strict"
import { test } from "node:test"
import { faultOfClaim } from "./claim.ts"

const claim = { line: 1, text: "f()" }

test("a value that is as claimed is no fault, with or without a prototype", async () => {
  const run = async () => Object.assign(Object.create(null), { a: [1] })
  assert.equal(await faultOfClaim({ ...claim, run, value: async () => ({ a: [1] }) }), undefined)
})

test("another value is a fault that shows both", async () => {
  assert.equal(await faultOfClaim({ ...claim, run: async () => 1, value: async () => "1" }), "f() is 1, not '1'")
})

test("an error is found by its code or its class", async () => {
  const run = async () => {
    throw Object.assign(new RangeError("no"), { code: "BAD" })
  }
  assert.equal(await faultOfClaim({ ...claim, run, throws: "BAD" }), undefined)
  assert.equal(await faultOfClaim({ ...claim, run, throws: "RangeError" }), undefined)
  assert.equal(await faultOfClaim({ ...claim, run, throws: "WORSE" }), "f() throws BAD: no")
})

test("an error that does not come is a fault", async () => {
  assert.equal(await faultOfClaim({ ...claim, run: async () => 1, throws: "BAD" }), "f() throws nothing, not BAD")
})
