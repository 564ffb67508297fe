import assert from "node:assert/strict"
import { readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import { busyboxMissing } from "../../programs/busybox-gear.ts"
import { openTestLab } from "./gear-user.ts"

const skip = busyboxMissing() ?? false

test("what a job put out in folders, or before it failed, is fetched from the job; its files alone are in the place", {
  skip,
}, async (context) => {
  const { admin, newcomer, lab, folder } = await openTestLab(context, { slots: 1 })
  const session = await lab.session("ses-01")
  const made = "mkdir -p output/maps/deep; echo one > output/a.txt; echo two > output/maps/deep/b.txt"
  await lab.gear({ name: "whole", command: made })
  await lab.gear({ name: "broken", command: `${made}; exit 7` })
  const whole = await lab.submit({ gear: "whole", destination: session })
  const broken = await lab.submit({ gear: "broken", destination: session })
  assert.deepEqual([(await lab.ended(whole)).state, (await lab.ended(broken)).state], ["complete", "failed"])
  const place = "lab/Study/sub-01/ses-01"
  assert.equal((await admin.gear("ls", place, "--server", "--quiet")).out, "a.txt\n")

  const waited = await admin.gear("wait", whole)
  assert.match(waited.err, new RegExp(`1 of them are in no place; fetch all: gear download job:${whole}`))
  for (const [job, name] of [
    [whole, "whole"],
    [broken, "broken"],
  ] as const) {
    const to = join(folder, name)
    const ran = await admin.gear("download", `job:${job}`, "-o", to, "--json")
    assert.equal(ran.code, 0, ran.err)
    assert.equal(await readFile(join(to, "a.txt"), "utf8"), "one\n")
    assert.equal(await readFile(join(to, "maps/deep/b.txt"), "utf8"), "two\n")
  }
  // Again: nothing is fetched, and what is another's is left alone.
  await writeFile(join(folder, "whole/a.txt"), "mine")
  const again = await admin.gear("download", `job:${whole.slice(0, 20)}`, "-o", join(folder, "whole"), "--json")
  assert.notEqual(again.code, 0)
  assert.deepEqual([again.errorCode, (await stat(join(folder, "whole/a.txt"))).size], ["OUTPUT_EXISTS", 4])

  const stranger = await newcomer()
  assert.equal((await stranger.gear("download", `job:${whole}`, "--json")).errorCode, "JOB_NOT_FOUND")
  // A file that was thrown away is not to be had by way of the job.
  await admin.gear("trash", `${place}/files/a.txt`)
  const later = await admin.gear("download", `job:${whole}`, "-o", join(folder, "later"), "--json")
  assert.equal(later.errorCode, "ARCHIVE_FILE_NOT_FOUND")
  assert.equal(await readFile(join(folder, "later/maps/deep/b.txt"), "utf8"), "two\n")
  assert.equal((await admin.gear("download", `job:${whole}`, "--as", "tar", "--json")).errorCode, "USAGE")
})
