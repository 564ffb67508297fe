import assert from "node:assert/strict"
import { test } from "node:test"
import { parseMetadata } from "@geartrain/spec/archive"
import { CONTAINER_FIELDS, FILE_FIELDS, isContainerLevel } from "./metadata-fields.ts"

test("levels are the five that a gear may say something of, and nothing that every object has", () => {
  for (const level of Object.keys(CONTAINER_FIELDS)) assert.ok(isContainerLevel(level), level)
  assert.equal(Object.keys(CONTAINER_FIELDS).length, 5)
  for (const none of ["group", "Session", "", "constructor", "__proto__", "toString"])
    assert.ok(!isContainerLevel(none), none)
})

test("a session may say something of its subject, and no other level of one above it", () => {
  for (const [level, fields] of Object.entries(CONTAINER_FIELDS)) {
    assert.equal(new Set(fields).size, fields.length, level)
    assert.equal(fields.includes("subject"), level === "session", level)
    for (const field of ["label", "info", "tags"]) assert.ok(fields.includes(field), `${level} ${field}`)
  }
})

test("what a gear may write of a file, the specification reads", () => {
  const values: Readonly<Record<string, unknown>> = {
    classification: { Measurement: ["T1"] },
    tags: ["t"],
    info: { a: 1 },
    zip_member_count: 3,
  }
  for (const field of FILE_FIELDS) {
    const file = { name: "a.txt", [field]: values[field] ?? "text" }
    const { faults, warnings } = parseMetadata(JSON.stringify({ acquisition: { files: [file] } }))
    assert.deepEqual([faults, warnings], [[], []], field)
  }
  assert.ok(!FILE_FIELDS.includes("name"))
})
