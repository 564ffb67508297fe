import assert from "node:assert/strict"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"

const skip = busyboxMissing() ?? false
let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  makeBusyboxGear(join(home.folder, "root"), { name: "small", command: "true" })
})
after(() => home?.close())

test("limits of an image are the environment's, and those of flags before them; the error names the flag", {
  skip,
}, async () => {
  const env = { GEARTRAIN_IMAGE_LIMITS: "entries=20" }
  const refused = await home.gear(["import", "./root"], { env })
  assert.equal(refused.code, 1, refused.err)
  assert.match(refused.err, /^error IMAGE_TOO_MANY_ENTRIES: .* more than 20 entries\n/m)
  assert.match(refused.err, /\n→ Remove .*: gear import --image-limit entries=40\n$/)
  const allowed = await home.gear(["import", "./root", "--image-limit", "entries=5000"], { env })
  assert.equal(allowed.code, 0, allowed.err)
})

test("a small limit of size, depth or expansion refuses, and says which flag allows more", { skip }, async () => {
  const size = await home.gear(["import", "./root", "--image-limit", "size=1k"])
  assert.match(size.err, /^error IMAGE_TOO_LARGE: .*above 1024 bytes\n→ .* --image-limit size=1g\n$/m)
  const depth = await home.gear(["import", "./root", "--image-limit", "depth=2"])
  assert.match(depth.err, /^error IMAGE_NAME_TOO_LONG: .*more than 2 folders deep\n→ .* --image-limit depth=4\n$/m)
  const slip = await home.gear(["import", "./root", "--image-limit", "entires=5"])
  assert.equal(slip.code, 2)
  assert.match(slip.err, /\n→ Write it as --image-limit entries=…\n$/)
})
