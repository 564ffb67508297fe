import assert from "node:assert/strict"
import { test } from "node:test"
import { file } from "../../../test/formats/sample-files.ts"
import { makeTar, type TestEntry } from "../../../test/images/support/make-tar.ts"
import { sha256 } from "../../system/hash.ts"
import type { FileSource } from "../file-source.ts"
import { readWhole } from "../streams/read-whole.ts"
import { UnfitFile } from "../unfit-file.ts"
import { SetAside } from "./set-aside.ts"
import { MEMBER_FACTS, setMembersAside, tarMembers } from "./tar-members.ts"
import { UnpackBudget } from "./unpack-budget.ts"

function tar(...entries: readonly TestEntry[]): FileSource {
  return file("a.tar", makeTar(entries))
}

function members(...entries: readonly TestEntry[]) {
  return tarMembers(tar(...entries), new UnpackBudget())
}

test("members are listed in the archive's order, by names without what a path may begin and end with", async () => {
  const found = await members({ path: "./z/", type: "folder" }, { path: "././b", body: "hello" }, { path: "a" })
  assert.deepEqual([...found.keys()], ["z", "b", "a"])
  assert.deepEqual([found.get("b")?.sizeBytes, found.get("b")?.checksum], [5, sha256(Buffer.from("hello"))])
  assert.deepEqual([found.get("z")?.checksum, found.get("a")?.checksum], ["", sha256(Buffer.alloc(0))])
})

test("a content can be read in its place, which is where it is said to begin", async () => {
  const bytes = makeTar([
    { path: "a", body: "first" },
    { path: "b", body: "second" },
  ])
  const found = await tarMembers(file("a.tar", bytes), new UnpackBudget())
  const at = found.get("b")?.bodyOffset ?? 0
  assert.equal(bytes.toString("latin1", at, at + 6), "second")
  const sparse = await members({ path: "s", body: "x", size: 100, segments: [{ offset: 99, length: 1 }] })
  assert.equal(sparse.get("s")?.bodyOffset, undefined)
  assert.equal(sparse.get("s")?.checksum, sha256(Buffer.concat([Buffer.alloc(99), Buffer.from("x")])))
})

test("of each member all is told that its header says", async () => {
  const xattrs = new Map([
    ["user.b", Buffer.from("2")],
    ["user.a", Buffer.from("1")],
  ])
  const found = await members(
    { path: "f", mtime: 1, mode: 0o7, uid: 5, gid: 6, xattrs },
    { path: "l", type: "link", target: "f" },
    { path: "d", type: "character-device", major: 1, minor: 3 },
  )
  const factsOf = (name: string) =>
    Object.fromEntries(MEMBER_FACTS.map((fact, at) => [fact, found.get(name)?.facts[at]]))
  assert.deepEqual(factsOf("f"), {
    type: "file",
    time: "1970-01-01T00:00:01.000Z",
    mode: "0007",
    owner: "5:6",
    target: "",
    "device number": "",
    "extended attributes": "user.a=31 user.b=32",
  })
  assert.deepEqual([factsOf("l")["type"], factsOf("l")["target"]], ["link", "f"])
  assert.equal(factsOf("d")["device number"], "1:3")
})

test("no member takes the place of another, whatever their names are", async () => {
  const twice = "x (entry 2 of this name)"
  const found = await members(
    { path: "x", body: "1" },
    { path: "x", body: "2" },
    { path: twice, body: "3" },
    { path: "x", body: "4" },
    { path: twice, body: "5" },
  )
  assert.deepEqual(
    [...found.values()].map(({ checksum }) => checksum),
    ["1", "2", "3", "4", "5"].map((body) => sha256(Buffer.from(body))),
  )
  const before = await members({ path: twice, body: "1" }, { path: "x", body: "2" }, { path: "x", body: "3" })
  assert.equal(before.size, 3)
})

test("what is set aside is the content of those that were named, under their own names", async (t) => {
  const aside = new SetAside()
  t.after(() => aside.close())
  const source = tar(
    { path: "d/a", body: "first" },
    { path: "b", body: "not wanted" },
    { path: "./d/a", body: "second" },
    { path: "s", body: "x", size: 5, segments: [{ offset: 4, length: 1 }] },
    { path: "l", type: "link", target: "b" },
  )
  const wanted = new Set(["d/a", "d/a (entry 2 of this name)", "s", "l", "missing"])
  const kept = await setMembersAside(source, wanted, { aside, budget: new UnpackBudget() })
  const texts = new Map<string, string>()
  for (const [name, content] of kept)
    texts.set(`${name}, ${content.name}`, Buffer.from(await readWhole(content.chunks(), 1000)).toString("latin1"))
  assert.deepEqual(
    [...texts],
    [
      ["d/a, a", "first"],
      ["d/a (entry 2 of this name), a (entry 2 of this name)", "second"],
      ["s, s", "\0\0\0\0x"],
    ],
  )
})

test("what there is no room for is left out, and what comes after it is not", async (t) => {
  const aside = new SetAside(6)
  t.after(() => aside.close())
  const source = tar({ path: "a", body: "1234567" }, { path: "b", body: "12345" })
  const kept = await setMembersAside(source, new Set(["a", "b"]), { aside, budget: new UnpackBudget() })
  assert.deepEqual([...kept.keys()], ["b"])
})

test("where nothing is wanted nothing is read", async (t) => {
  const aside = new SetAside()
  t.after(() => aside.close())
  const unreadable: FileSource = {
    name: "a.tar",
    chunks: () => {
      throw new TypeError("it was read")
    },
  }
  const kept = await setMembersAside(unreadable, new Set(), { aside, budget: new UnpackBudget() })
  assert.equal(kept.size, 0)
})

test("an archive that is damaged, cut short or full of holes is not of the format", async () => {
  const whole = makeTar([{ path: "a", body: "x".repeat(600) }])
  const damaged = Buffer.from(whole)
  damaged.writeUInt8(1, 0)
  for (const bytes of [damaged, whole.subarray(0, 700)])
    await assert.rejects(tarMembers(file("a.tar", bytes), new UnpackBudget()), UnfitFile)
  const holes = tar({ path: "s", body: "x", size: 1e9, segments: [{ offset: 1e9 - 1, length: 1 }] })
  await assert.rejects(tarMembers(holes, new UnpackBudget(1000)), /looks like a bomb/)
})
