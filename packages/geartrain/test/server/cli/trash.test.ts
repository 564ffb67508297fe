import assert from "node:assert/strict"
import { test } from "node:test"
import { openTestLab } from "./gear-user.ts"

test("what is put into the trash is gone from the lists, and comes back whole", async (context) => {
  const { admin, newcomer, lab } = await openTestLab(context)
  const session = await lab.session("ses-01")
  await lab.upload(session, "a.txt", Buffer.from("one"))
  const names = async (place: string): Promise<string> => (await admin.gear("ls", place, "--server", "--quiet")).out
  const file = "lab/Study/sub-01/ses-01/files/a.txt"
  const reader = await newcomer()
  await lab.ask("PUT", `/projects/${lab.project}/members/${reader.id}`, { right: "read" })
  assert.equal((await reader.gear("trash", file, "--json")).errorCode, "NOT_PERMITTED")
  assert.equal((await admin.gear("trash", file)).code, 0)
  assert.equal(await names("lab/Study/sub-01/ses-01"), "")
  assert.equal((await admin.gear("trash", file, "--json")).errorCode, "PLACE_NOT_FOUND")
  assert.equal((await admin.gear("trash", file, "--undo")).code, 0)
  assert.equal(await names("lab/Study/sub-01/ses-01"), "a.txt\n")

  const thrown = await admin.gear("trash", "lab/Study/sub-01", "--json")
  const [place] = thrown.data as unknown as readonly { readonly id: string; readonly kind: string }[]
  assert.equal(place?.kind, "place")
  assert.equal(await names("lab/Study"), "")
  assert.equal((await admin.gear("trash", place.id, "--undo")).code, 0)
  assert.equal(await names("lab/Study/sub-01/ses-01"), "a.txt\n")
  assert.equal((await admin.gear("trash", "lab/Study/sub-01", "--undo", "--json")).errorCode, "PLACE_NOT_FOUND")
  assert.equal((await admin.gear("trash", "lab", "--json")).errorCode, "USAGE")
})
