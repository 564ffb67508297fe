import assert from "node:assert/strict"
import { test } from "node:test"
import { file, means } from "../../../test/formats/sample-files.ts"
import { compareMembers, hasOtherContent, type Member, type Members } from "./compare-members.ts"

interface Kept extends Member {
  readonly text: string
}

function members(...list: readonly (Partial<Kept> & Pick<Kept, "name">)[]): ReadonlyMap<string, Kept> {
  return new Map(
    list.map((one) => {
      const text = one.text ?? ""
      return [one.name, { text, sizeBytes: text.length, checksum: text, facts: ["t1", "0644"], ...one }]
    }),
  )
}

/** @param closed  Names of those that are too large to be looked into. */
function compare(a: ReadonlyMap<string, Kept>, b: ReadonlyMap<string, Kept>, closed: readonly string[] = []) {
  const open = (side: "a" | "b", name: string) =>
    closed.includes(name) ? undefined : file(name, (side === "a" ? a : b).get(name)?.text ?? "")
  const both: readonly [Members, Members] = [a, b]
  return compareMembers(both, { format: "box", facts: ["time", "mode"], open }, means())
}

test("members are told by their names in order: those in one only, those with other content, those of which else is said", async () => {
  const one = members({ name: "z", text: "old" }, { name: "b", text: "1" }, { name: "a" })
  const two = members(
    { name: "b", text: "1", facts: ["t2", "0600"] },
    { name: "z", text: "new" },
    { name: "c", text: "12" },
  )
  const found = await compare(one, two)
  assert.deepEqual(found.differences, [
    { place: "a", a: "0 bytes" },
    { place: "b: time", a: "t1", b: "t2" },
    { place: "b: mode", a: "0644", b: "0600" },
    { place: "c", b: "2 bytes" },
    { place: "z (text): line 1", a: "old", b: "new" },
  ])
  assert.equal(
    found.summary,
    "2 members are in one only; 1 members differ; 1 members have another time; 1 members have another mode",
  )
  assert.deepEqual([found.format, found.same, found.onlyOrder], ["box", false, undefined])
})

test("the order of members is told where nothing else differs, and only there", async () => {
  const [a, b] = [
    { name: "a", text: "1" },
    { name: "b", text: "2" },
  ]
  const moved = await compare(members(a, b), members(b, a))
  assert.deepEqual([moved.same, moved.onlyOrder, moved.summary], [false, true, "the same 2 members, in another order"])
  const changed = await compare(members(a, b), members({ ...b, text: "3" }, a))
  assert.deepEqual([changed.onlyOrder, changed.summary], [undefined, "1 members differ"])
  const none = await compare(members(), members())
  assert.deepEqual([none.same, none.summary], [true, "the same 0 members"])
})

test("content of other bytes that means the same is no difference", async () => {
  const found = await compare(
    members({ name: "v.json", text: '{"v":1}' }),
    members({ name: "v.json", text: '{ "v": 1.0 }' }),
  )
  assert.deepEqual([found.same, found.summary], [true, "the same 1 members"])
})

test("content that is too large to be looked into differs where its checksums do", async () => {
  const found = await compare(members({ name: "m", text: "1" }), members({ name: "m", text: "12" }), ["m"])
  assert.deepEqual(found.differences, [{ place: "m: content, not looked into", a: "1 bytes", b: "2 bytes" }])
  assert.equal((await compare(members({ name: "m" }), members({ name: "m" }), ["m"])).same, true)
})

test("what has no content has no other; one checksum for two sizes is other content", () => {
  const [file1] = members({ name: "m", text: "1" }).values()
  assert.ok(file1 !== undefined)
  assert.equal(hasOtherContent(file1, { ...file1, checksum: "", sizeBytes: 0 }), false)
  assert.equal(hasOtherContent(file1, { ...file1, sizeBytes: 2 }), true)
  assert.equal(hasOtherContent(file1, { ...file1 }), false)
})
