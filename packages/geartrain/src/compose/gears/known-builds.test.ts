import assert from "node:assert/strict"
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { folderOf } from "../../../test/archive/upload-plan/folder-of.ts"
import { sha256 } from "../../system/hash.ts"
import { type KnownBuild, readKnownBuilds, rememberBuild } from "./known-builds.ts"

function digest(text: string) {
  return sha256(Buffer.from(text))
}

function build(gear: string, key?: string): KnownBuild {
  return { ...(key === undefined ? {} : { key: digest(key) }), gear: digest(gear), name: gear }
}

test("builds are kept in the order in which they were last asked for, one of each key", async (context) => {
  const cache = folderOf(context, {})
  assert.deepEqual(await readKnownBuilds({ cache }), [])
  for (const one of [build("a", "1"), build("b", "2"), build("c", "1")]) await rememberBuild(one, { cache })
  assert.deepEqual(await readKnownBuilds({ cache }), [build("b", "2"), build("c", "1")])
  assert.deepEqual(readdirSync(cache), ["builds.json"])
})

test("of builds of a folder there is one of each gear, beside that of the same gear by a key", async (context) => {
  const cache = folderOf(context, {})
  for (const one of [build("a"), build("a", "1"), build("b"), build("a")]) await rememberBuild(one, { cache })
  assert.deepEqual(await readKnownBuilds({ cache }), [build("a", "1"), build("b"), build("a")])
})

test("of more than 200 the oldest are forgotten", async (context) => {
  const cache = folderOf(context, {})
  const builds = Array.from({ length: 200 }, (_, index) => build(`${index}`, `${index}`))
  writeFileSync(join(cache, "builds.json"), JSON.stringify(builds))
  await rememberBuild(build("new", "new"), { cache })
  const known = await readKnownBuilds({ cache })
  assert.equal(known.length, 200)
  assert.deepEqual([known[0], known.at(-1)], [build("1", "1"), build("new", "new")])
})

test("a damaged list is an empty one, and of a list what is no build is left out", async (context) => {
  const cache = folderOf(context, {})
  for (const damage of ["", "{", "null", "{}", "[null]", "7"]) {
    writeFileSync(join(cache, "builds.json"), damage)
    assert.deepEqual(await readKnownBuilds({ cache }), [], damage)
  }
  const bad = [{ ...build("a"), gear: "../x" }, { ...build("a"), name: 7 }, { ...build("a"), key: "1" }, build("a")]
  writeFileSync(join(cache, "builds.json"), JSON.stringify(bad))
  assert.deepEqual(await readKnownBuilds({ cache }), [build("a")])
})

test("where the list cannot be written, nothing is remembered and nobody is disturbed", async (context) => {
  const cache = join(folderOf(context, { file: "" }), "file")
  await rememberBuild(build("a", "1"), { cache })
  assert.deepEqual(await readKnownBuilds({ cache }), [])
})
