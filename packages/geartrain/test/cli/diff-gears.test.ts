import assert from "node:assert/strict"
import { chmod, readdir, rm, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { replyOf } from "./gear-process.ts"

const skip = busyboxMissing() ?? false
let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  const root = join(home.folder, "root")
  const config = { speed: { type: "integer", default: 1 } }
  makeBusyboxGear(root, { name: "tool", version: "1.0.0", command: "true", config })
  assert.equal((await home.gear(["import", root])).code, 0)
  makeBusyboxGear(root, {
    name: "tool",
    version: "1.1.0",
    command: "true",
    config: { speed: { ...config.speed, default: 2 } },
  })
  for (let count = 0; count < 1200; count++) await writeFile(join(root, `etc/new-${count}`), "new")
  await writeFile(join(root, "etc/passwd"), "root:x:0:0::/:/bin/sh\n")
  await chmod(join(root, "tmp"), 0o700)
  await utimes(join(root, "bin/bash"), 1, 1)
  await rm(join(root, "bin/wc"))
  assert.equal((await home.gear(["import", root])).code, 0)
})
after(() => home?.close())

test("two gears are compared by manifest and by files, of which the first are named and all are counted", {
  skip,
}, async () => {
  const result = await home.gear(["diff", "tool@1.0.0", "tool@1.1.0"])
  assert.equal(result.code, 1, result.err)
  assert.match(result.out, /^manifest +config\.speed\.default +1 +2$/m)
  assert.match(result.out, /^files added: etc\/new-0, etc\/new-1, .* and 1190 more$/m)
  assert.match(result.out, /^files removed: bin\/wc$/m)
  assert.match(result.out, /^files changed: etc\/passwd, tmp \(permissions\)$/m)
  assert.match(result.out, /^\d files? with another time and nothing else$/m)
})

test("for programs, files are counted and up to a thousand of each kind are listed", { skip }, async () => {
  const reply = replyOf(await home.gear(["diff", "tool@1.0.0", "tool@1.1.0", "--json"]))
  const { tree } = reply["data"] as {
    readonly tree: Record<string, { readonly count: number; readonly first: unknown[] }>
  }
  assert.deepEqual([tree["added"]?.count, tree["added"]?.first.length], [1200, 1000])
  assert.deepEqual(tree["removed"], { count: 1, first: ["bin/wc"] })
  const changed = new Map(tree["changed"]?.first.map((each) => Object.values(each as object) as [string, string]))
  assert.deepEqual(
    ["bin/bash", "etc/passwd", "tmp"].map((path) => changed.get(path)),
    ["time", "contents", "permissions"],
  )
})

test("where the bytes of a gear are gone, that is told instead of its files", { skip }, async () => {
  const roots = join(home.folder, "store/roots")
  for (const name of await readdir(roots)) await rm(join(roots, name), { recursive: true })
  const result = await home.gear(["diff", "tool@1.0.0", "tool@1.1.0"])
  assert.equal(result.code, 1, result.err)
  assert.match(result.out, /^manifest +version /m)
  assert.match(result.out, /^files: not compared, since those of tool@1\.0\.0 are not stored$/m)
})
