import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { busyboxMissing, makeBusyboxGear } from "../../programs/busybox-gear.ts"
import { openTestLab } from "./gear-user.ts"

test("a gear is pushed once, used by a job, and its output downloaded", {
  skip: busyboxMissing() ?? false,
}, async (context) => {
  const { admin, newcomer, folder } = await openTestLab(context, { slots: 1 })
  const root = makeBusyboxGear(join(folder, "root"), {
    name: "upper",
    command: "tr a-z A-Z < input/text/in.txt > output/out.txt",
    inputs: { text: { base: "file" } },
  })
  const pushed = await admin.gear("push", root, "--json")
  assert.deepEqual(
    [pushed.code, pushed.data?.["outcome"], pushed.data?.["reference"]],
    [0, "new", "upper@1.0.0"],
    pushed.out,
  )
  const again = await admin.gear("push", "upper@1.0.0", "--json")
  assert.deepEqual(
    [again.data?.["outcome"], again.data?.["sentBytes"], again.data?.["gear"]],
    ["unchanged", 0, pushed.data?.["gear"]],
  )
  const stranger = await newcomer()
  const other = makeBusyboxGear(join(folder, "other"), { name: "other", command: "true" })
  assert.equal((await stranger.gear("push", other, "--json")).errorCode, "NOT_PERMITTED")
  assert.equal((await admin.gear("push", "nothing", "--json")).errorCode, "GEAR_NOT_FOUND")

  writeFileSync(join(folder, "in.txt"), "what goes in\n")
  const place = "lab/Study/sub-01/ses-01"
  assert.equal((await admin.gear("upload", join(folder, "in.txt"), "--to", place)).code, 0)
  const submitted = await admin.gear("submit", "upper", "-i", `text=${place}/files/in.txt`)
  assert.equal(submitted.code, 0, submitted.err)
  const waited = await admin.gear("wait", submitted.out.trim())
  assert.equal(waited.code, 0, waited.err)
  const output = join(folder, "out.txt")
  const fetched = await admin.gear("download", `${place}/files/out.txt`, "-o", output)
  assert.equal(fetched.code, 0, fetched.err)
  assert.equal(readFileSync(output, "utf8"), "WHAT GOES IN\n")
})
