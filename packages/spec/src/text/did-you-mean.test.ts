import assert from "node:assert/strict"
import { test } from "node:test"
import { nearestName } from "./did-you-mean.ts"

test("a misspelt name finds the one that was meant", () => {
  assert.equal(nearestName("descriptiion", ["label", "description"]), "description")
  assert.equal(nearestName("lable", ["label", "name"]), "label")
  assert.equal(nearestName("Gear_Log-Level", ["gear-log-level"]), "gear-log-level")
  assert.equal(nearestName("licence", ["license", "name"]), "license")
})

test("a name that is like none finds none", () => {
  assert.equal(nearestName("colour", ["version", "name"]), undefined)
  assert.equal(nearestName("x", ["y"]), undefined)
  assert.equal(nearestName("", ["a"]), undefined)
  assert.equal(nearestName("a".repeat(5000), ["a".repeat(4999)]), undefined)
})
