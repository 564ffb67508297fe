import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import type { JsonValue } from "../json/json-value.ts"
import { checkMember } from "./check-member.ts"
import { DocumentFaults } from "./document-faults.ts"
import { PLACE_MEMBERS } from "./members.ts"
import { isPlaceId, placeId } from "./place-id.ts"
import { readFiles } from "./read-files.ts"

const sha256 = (bytes: Uint8Array): `sha256:${string}` => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

function files(value: JsonValue) {
  const finder = new DocumentFaults()
  return {
    read: readFiles(value, ["files"], finder),
    faults: finder.faults.map(({ path, problem }) => `${path.join("/")}: ${problem}`),
  }
}

test("a file is its path, or an object with what is known of it, and is called as its path ends", () => {
  const { read, faults } = files(["a/b.nii", { path: "./c.txt", name: "notes.txt", tags: ["x"], type: null }])
  assert.deepEqual(faults, [])
  assert.deepEqual(
    read.map(({ name, path, fields, isBare }) => ({ name, path, fields, isBare })),
    [
      { name: "b.nii", path: "a/b.nii", fields: {}, isBare: true },
      { name: "notes.txt", path: "./c.txt", fields: { tags: ["x"] }, isBare: false },
    ],
  )
})

test("no path of a file leads out of the document's folder", () => {
  for (const path of ["../a", "a/../../b", "/etc/passwd", "", "a/", "a//b", "a\0b", "a/..", 7, {}, []]) {
    const { read, faults } = files([{ path }])
    assert.deepEqual([read, faults.length], [[], 1], JSON.stringify(path))
  }
})

test("no name of a file is a path, and no two files of a place have one name", () => {
  for (const name of ["a/b", "..", ".", "", "a\0", 7])
    assert.deepEqual(files([{ path: "x", name }]).read, [], JSON.stringify(name))
  assert.deepEqual(files(["a/x", "b/x"]).faults, ['files/1: there are two files "x"'])
})

test("members that are not known, or of another kind, are told with their place, and the file is read all the same", () => {
  const { read, faults } = files([{ path: "x", modalty: "MR", tags: "one" }])
  assert.equal(read.length, 1)
  assert.equal(faults.length, 2)
  assert.match(faults.join(), /files\/0\/modalty: .*files\/0\/tags: /)
})

test("what is no list of files is told, and nothing is none", () => {
  for (const value of [{}, "a", 7, true]) assert.equal(files(value).faults.length, 1, JSON.stringify(value))
  assert.deepEqual(files(null), { read: [], faults: [] })
  for (const item of [7, null, true, []]) assert.equal(files([item]).faults.length, 1, JSON.stringify(item))
})

test("times have a zone and are of a day that there was", () => {
  for (const time of ["2020-01-31T12:00:00Z", "2020-01-31t12:00:00.5+02:00"])
    assert.equal(checkMember("time", time), undefined, time)
  for (const time of ["2020-01-31", "2020-01-31T12:00:00", "2020-13-31T12:00:00Z", "now", 7, null]) {
    assert.notEqual(checkMember("time", time), undefined, String(time))
  }
})

test("numbers, counts, tags and classifications are of their kind to the last member", () => {
  for (const value of [-1, 1.5, "1", null, Number.MAX_VALUE * 2])
    assert.notEqual(checkMember("count", value), undefined, String(value))
  assert.equal(checkMember("count", 0), undefined)
  assert.notEqual(checkMember("tags", ["a", 1]), undefined)
  assert.notEqual(checkMember("classification", { Intent: "Structural" }), undefined)
  assert.equal(checkMember("classification", { Intent: ["Structural"], Custom: [] }), undefined)
})

test("an id depends on where a place stands, and on nothing else", () => {
  const id = placeId("lab/Memory/sub-01", sha256)
  assert.ok(isPlaceId(id))
  assert.equal(placeId("lab/Memory/sub-01", sha256), id)
  assert.notEqual(placeId("lab/Memory/sub-02", sha256), id)
  for (const text of ["", id.toUpperCase(), id.slice(1), `${id}\n`]) assert.equal(isPlaceId(text), false, text)
})

test("a document with faults without end is told of a thousand", () => {
  const finder = new DocumentFaults()
  for (let index = 0; index < 5000; index += 1) finder.at([index], { problem: "", fix: "" })
  assert.equal(finder.faults.length, 1000)
})

test("every place has a label, info and tags", () => {
  for (const members of Object.values(PLACE_MEMBERS)) {
    assert.deepEqual([members["label"], members["info"], members["tags"]], ["text", "object", "tags"])
  }
})
