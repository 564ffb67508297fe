import assert from "node:assert/strict"
import { rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { replyOf } from "./gear-process.ts"

const skip = busyboxMissing() ?? false
let home: CliHome
let first = ""
let second = ""
let chance = ""
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  const inputs = { data: { base: "file" } }
  await home.import({ name: "twice", command: "cat input/data/* input/data/* > output/twice", inputs })
  await home.import({ name: "count", command: "wc input/data/* > output/counts", inputs })
  await home.import({ name: "chance", command: "head -c 9 /dev/urandom > output/random" })
  await home.write("in.txt", "some text\n")
  first = (await home.run("twice", "--input", "data=in.txt", "-o", "results")).id
  second = (await home.run("count", "--input", "data=results/twice", "--no-output")).id
  chance = (await home.run("chance", "--no-output")).id
  for (const job of [first, second]) assert.equal((await home.gear(["verify", job])).code, 0)
  assert.equal((await home.gear(["verify", chance])).code, 1)
  await rm(join(home.folder, "results"), { recursive: true })
})
after(() => home?.close())

const FREE = ["store", "gc", "--keep-records", "--larger-than", "1"]

test("bytes go by policy, with a dry run first that says why the rest stays", { skip }, async () => {
  const dry = await home.gear([...FREE, "--dry-run"])
  assert.match(dry.out, /^WOULD BE FREED +SIZE +JOB +LAST USED +PROOF$/m)
  assert.match(dry.out, /^twice .* last verified on \d{4}-\d\d-\d\d, took /m)
  assert.match(dry.out, /^random .* it came out otherwise when its job was verified on /m)
  assert.equal((await home.gear([...FREE, "--gear", "count", "-n", "--json"])).out.match(/"digest"/g)?.length, 1)
  const { data } = replyOf(await home.gear([...FREE, "--json"])) as unknown as {
    readonly data: { readonly freed: readonly { readonly path: string; readonly verified: string | null }[] }
  }
  assert.deepEqual(data.freed.map(({ path }) => path).toSorted(), ["counts", "twice"])
  for (const { verified } of data.freed) assert.notEqual(verified, null)
})

test("afterwards the record says that and how it can be made again, and so does what needs the bytes", {
  skip,
}, async () => {
  const page = (await home.gear(["show", first])).out
  assert.match(page, /^ {2}twice .* freed on \d{4}-/m)
  assert.match(page, /the bytes of all were freed \(20 B\), and can be made again: last verified on .*, took /)
  assert.match(page, new RegExp(`→ gear restore ${first}`))
  const record = JSON.parse((await home.gear(["show", first, "--json"])).out)
  assert.match(record.data.outputs[0].freed, /^\d{4}-.*Z$/)
  const exported = await home.gear(["export", first, "-o", "exported"])
  assert.equal(exported.code, 3)
  assert.match(exported.err, /→ Make it again: gear restore sha256:/)
  const { digest } = record.data.outputs[0]
  assert.match((await home.gear(["whence", digest])).out, new RegExp(`bytes freed: gear restore ${digest}`))
  const crate = await home.gear(["provenance", first, "-o", "crate"])
  assert.match(crate.err, new RegExp(`"twice" .* is not in it: .*: gear restore ${first}`))
  assert.equal((await home.gear(["store", "fsck"])).code, 0)
  assert.equal((await home.gear(["logs", first])).code, 0)
  assert.match((await home.gear(["rm", "twice", "-n"])).err, /warning 1 output .* can be made again in no other way/)
  const verified = await home.gear(["verify", first])
  assert.match(verified.out, /^identical/)
  assert.match((await home.gear(["show", first])).out, /freed on/, "comparing digests brings no bytes back")
})

test("a file is made again where it was, with all that it was made from, and the plan can be seen first", {
  skip,
}, async () => {
  const plan = await home.gear(["restore", "results/counts", "--dry-run"])
  assert.match(plan.out, new RegExp(`^1 +${first} .* twice .*\\n2 +${second} .* counts `, "m"))
  await assert.rejects(stat(join(home.folder, "results/counts")), { code: "ENOENT" })
  const restored = await home.gear(["restore", "results/counts"])
  assert.equal(restored.code, 0, restored.err)
  assert.equal(restored.out.match(/^restored /gm)?.length, 2)
  assert.match(await home.read("results/counts"), /^ +2 +4 +20 /)
  assert.match(
    (await home.gear(["restore", "results/counts"])).out,
    /^"results\/counts" is whole: it has the bytes of /,
  )
  assert.equal((await home.gear(["restore", first])).out, "the bytes are stored\n")
  assert.equal((await home.gear(["restore", `${first}/twice`, "-o", "again.txt"])).code, 0)
  assert.equal(await home.read("again.txt"), "some text\nsome text\n")
})

test("what is there is not written over unasked", { skip }, async () => {
  await home.write("twice", "mine")
  const refused = await home.gear(["restore", "twice"])
  assert.equal(refused.code, 5)
  assert.match(refused.err, /^error OUTPUT_EXISTS: Cannot restore "twice": it exists\n→ .*--force/)
  assert.equal(await home.read("twice"), "mine")
  assert.equal((await home.gear(["restore", "twice", "--force"])).code, 0)
  assert.equal(await home.read("twice"), "some text\nsome text\n")
})

test("what does not come out the same is not restored; the exit codes are those of verify", { skip }, async () => {
  const record = JSON.parse((await home.gear(["show", chance, "--json"])).out).data
  const { digest } = record.outputs[0]
  const blob = join(home.folder, "store/blobs/sha256", digest.slice(7, 9), digest.slice(7))
  await rm(blob)
  const different = await home.gear(["restore", chance])
  assert.equal(different.code, 1)
  assert.match(different.out, /^different {2}not restored, since job .* does not give the same again$/m)
  assert.match(different.err, new RegExp(`→ gear explain ${chance}`))
  await rm(join(home.folder, "in.txt"))
  await home.gear(FREE)
  assert.equal((await home.gear(["restore", first])).code, 0, "its bytes stayed, since its input is gone")
  const [kept] = JSON.parse((await home.gear([...FREE, "--json"])).out).data.kept
  assert.match(kept.why, /neither stored nor unchanged|came out otherwise|verification alone/)
})

test("words that lead nowhere, and policies that say too little, are refused with what to write", {
  skip,
}, async () => {
  for (const [args, code, text] of [
    [["restore", "nothing.txt"], 3, /OUTPUT_NOT_FOUND: .*\n→ Name a job/],
    [["restore", `${first}/none`], 3, /OUTPUT_NOT_FOUND: .* it has "twice"\n→ List them: gear show/],
    [["store", "gc", "--keep-records"], 2, /USAGE: .*\n→ Say which, and look first: gear store gc --keep-records/],
    [["store", "gc", "--older-than", "1d"], 2, /USAGE: Cannot use --older-than alone/],
    [["store", "gc", "--keep-records", "--older-than", "soon"], 2, /USAGE: Cannot read --older-than "soon"/],
  ] as const) {
    const result = await home.gear(args)
    assert.equal(result.code, code, result.err)
    assert.match(result.err, text)
  }
})
