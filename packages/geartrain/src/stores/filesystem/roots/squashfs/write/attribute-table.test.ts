import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { type TestContext, test } from "node:test"
import type { Xattrs } from "@geartrain/spec"
import { scratchImage } from "../../../../../../test/stores/scratch-image.ts"
import { openAttributes, type ReadAttributes } from "../attributes.ts"
import { Metadata } from "../metadata.ts"
import { AttributeTable, NO_ATTRIBUTES } from "./attribute-table.ts"

function xattrs(pairs: Readonly<Record<string, Uint8Array | string>>): Xattrs {
  return new Map(Object.entries(pairs).map(([name, value]) => [name, Buffer.from(value)]))
}

async function readBack(table: AttributeTable, context: TestContext): Promise<ReadAttributes> {
  const image = await scratchImage(context, 1000)
  const place = await table.write(image.output)
  assert.ok(place !== undefined)
  const file = await image.written()
  return openAttributes(file, new Metadata(file), place)
}

test("sets of all three kinds are read back, empty and large values among them", async (context) => {
  const sets = [
    xattrs({ "user.note": "hello", "user.empty": "" }),
    xattrs({ "security.capability": randomBytes(20) }),
    xattrs({ "trusted.overlay.opaque": "y", "user.ünïcödé": Buffer.from([0, 0xff, 10]) }),
    xattrs({ "user.large": randomBytes(65_536) }),
    xattrs({ [`user.${"n".repeat(250)}`]: "long" }),
  ]
  const table = new AttributeTable()
  assert.deepEqual(
    sets.map((set) => table.index(set)),
    [0, 1, 2, 3, 4],
  )
  const read = await readBack(table, context)
  for (const [index, set] of sets.entries()) assert.deepEqual(new Map(read(index)), set, `set ${index}`)
})

test("files with the same attributes share a set, in whichever order they came", () => {
  const table = new AttributeTable()
  const first = table.index(xattrs({ "user.a": "1", "user.b": "2" }))
  assert.equal(table.index(xattrs({ "user.b": "2", "user.a": "1" })), first)
  assert.notEqual(table.index(xattrs({ "user.a": "1" })), first)
  assert.notEqual(table.index(xattrs({ "user.a": "1", "user.b": "3" })), first)
  // Where a name ends and a value begins tells sets apart, too.
  assert.notEqual(table.index(xattrs({ "user.aa": "b" })), table.index(xattrs({ "user.a": "ab" })))
})

test("more sets than one metadata block has records are all read back", async (context) => {
  const table = new AttributeTable()
  for (let number = 0; number < 1200; number++) table.index(xattrs({ "user.number": `${number}` }))
  const read = await readBack(table, context)
  for (const number of [0, 511, 512, 1023, 1024, 1199]) assert.equal(`${read(number).get("user.number")}`, `${number}`)
  assert.throws(() => read(1200), RangeError)
})

test("where nothing has attributes there is no table", async (context) => {
  const table = new AttributeTable()
  assert.equal(table.index(new Map()), NO_ATTRIBUTES)
  const image = await scratchImage(context)
  assert.equal(await table.write(image.output), undefined)
  assert.equal(image.output.position, 0)
})

test("a name that squashfs has no place for is refused by it", () => {
  const table = new AttributeTable()
  for (const name of ["system.posix_acl_access", "note", "User.note"])
    assert.throws(
      () => table.index(xattrs({ "user.fine": "", [name]: "" })),
      new RangeError(`it has an extended attribute ${JSON.stringify(name)}`),
    )
})
