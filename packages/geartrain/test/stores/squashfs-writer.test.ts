import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { createReadStream, existsSync, readFileSync } from "node:fs"
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { packSquashfs } from "../../src/stores/filesystem/roots/squashfs/write/pack-squashfs.ts"
import { MANY_NAMES, makeManyNames, makeOddTree, packOddTree } from "./odd-tree.ts"

const TOOLS = ["tar2sqfs", "sqfs2tar", "sqfsdiff", "rdsquashfs", "setfattr", "getfattr"]
/** The same tree twice, in two orders; and a folder with many names. */
const ARCHIVES = ["forward", "backward", "many"] as const
const ORDERS = ["forward", "backward"] as const

const skip = missing()
const skipMount = skip !== false ? skip : canMount() ? false : "needs a kernel that mounts squashfs"
let base = ""

before(async () => {
  base = await mkdtemp(join(tmpdir(), "geartrain-writer-"))
  await chmod(base, 0o755)
  if (skip !== false) return
  for (const folder of ["tree", "names", "mount"]) await mkdir(join(base, folder))
  await makeOddTree(join(base, "tree"))
  await makeManyNames(join(base, "names"))
  for (const archive of ARCHIVES) {
    const [folder, order] = archive === "many" ? (["names", "forward"] as const) : (["tree", archive] as const)
    packOddTree(join(base, folder), tarOf(archive), order)
    await packSquashfs(imageOf(archive), createReadStream(tarOf(archive)), { reference: "odd.tar" })
  }
  const how = ["--quiet", "--compressor", "zstd", "--comp-extra", "level=1"]
  const made = spawnSync("tar2sqfs", [...how, theirs()], { input: await readFile(tarOf("forward")) })
  assert.equal(made.status, 0, `${made.stderr}`)
})
after(() => rm(base, { recursive: true, force: true }))

function missing(): string | false {
  if (process.getuid?.() !== 0) return "needs root"
  const tool = TOOLS.find((name) => !existsSync(`/usr/bin/${name}`))
  return tool === undefined ? false : `needs ${tool}`
}

function canMount(): boolean {
  return existsSync("/dev/loop-control") && /\bsquashfs$/m.test(readFileSync("/proc/filesystems", "utf8"))
}

function tarOf(archive: (typeof ARCHIVES)[number]): string {
  return join(base, `${archive}.tar`)
}

function imageOf(archive: (typeof ARCHIVES)[number]): string {
  return join(base, `${archive}.sqfs`)
}

/** What tar2sqfs makes of the same tree. */
function theirs(): string {
  return join(base, "theirs.sqfs")
}

/** Runs lines of shell in an image that the kernel has mounted, and nobody else sees. */
function mounted(image: string, lines: string): string {
  const script = `mount -t squashfs -o loop,ro "$1" "$2" && cd "$2" || exit 99\n${lines}`
  const words = ["--mount", "--propagation", "private", "sh", "-euc", script, "sh", image, join(base, "mount")]
  const done = spawnSync("unshare", words, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, BASE: base },
  })
  assert.equal(done.status, 0, `${done.stdout.slice(0, 2000)}${done.stderr.slice(0, 2000)}`)
  return done.stdout
}

function output(command: string, ...words: readonly string[]): Buffer {
  return execFileSync(command, words, { maxBuffer: 1024 * 1024 * 1024, stdio: ["ignore", "pipe", "ignore"] })
}

for (const archive of ARCHIVES) {
  test(`the kernel finds all that was packed ${archive}, as it was: bodies, owners, modes, times, links and devices`, {
    skip: skipMount,
  }, () => {
    const compare = `tar --compare --numeric-owner --file="$BASE/${archive}.tar"; echo same`
    assert.equal(mounted(imageOf(archive), compare), "same\n")
  })
}

for (const order of ORDERS) {
  test(`sqfsdiff finds no difference between what was packed ${order} and what tar2sqfs makes of it`, { skip }, () => {
    const found = spawnSync("sqfsdiff", ["--timestamps", "--old", theirs(), "--new", imageOf(order)], {
      encoding: "utf8",
    })
    assert.equal(`${found.stdout}${found.stderr}`, "")
    assert.equal(found.status, 0)
  })

  test(`sqfs2tar makes the same archive, but for attributes, of what was packed ${order} and of tar2sqfs's, byte for byte`, {
    skip,
  }, () => {
    const [one, other] = [imageOf(order), theirs()].map((image) => output("sqfs2tar", "--no-xattr", image))
    assert.ok(one !== undefined && other !== undefined)
    assert.equal(sha256(one), sha256(other))
  })
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex")
}

test("the kernel reads the extended attributes of each file, as they were", { skip: skipMount }, () => {
  // Of one file they come in another order.
  const dump = "find . -print0 | sort -z | xargs -0 getfattr --no-dereference --dump --match=- --encoding=hex"
  const said = mounted(imageOf("forward"), dump)
  const wanted = execFileSync("sh", ["-c", dump], { cwd: join(base, "tree"), encoding: "utf8", maxBuffer: 2 ** 26 })
  assert.deepEqual(said.split("\n\n").map(inLines), wanted.split("\n\n").map(inLines))
  assert.equal(said.split("\n\n").filter((part) => part.startsWith("# file: ")).length, 709)
})

function inLines(text: string): readonly string[] {
  return text.split("\n").toSorted()
}

test("the kernel finds names in a large folder in no order, and none that is not there", { skip: skipMount }, () => {
  const found = mounted(
    imageOf("many"),
    `cd many
     ls -U | wc -l
     ls -U | shuf --random-source=/bin/sh --head-count=3000 | xargs -d '\\n' stat --format=%n | wc -l
     for name in a 'name 000000 of many' 'name 015000 of man' 'name 015000 of many ' z; do test ! -e "$name"; done
     getfattr --only-values --name=user.note .`,
  )
  assert.deepEqual(found.split("\n"), [`${MANY_NAMES}`, "3000", "many names"])
})

test("names of one file lead to one inode, and folders count those in them", { skip: skipMount }, () => {
  const lines = `stat --format=%i links/m-file links/a-first links/z-last a-elsewhere | uniq -c | tr -s ' ' | cut -d' ' -f2
    stat --format=%h links/m-file links/m-symlink sizes/text-0 empty names .
    find . -printf '%i\\n' | sort -u | wc -l
    find . \\( -links 1 -o -type d \\) -printf x | wc -c`
  const [names, file, link, single, empty, folder, root, inodes, own] = mounted(imageOf("backward"), lines)
    .trim()
    .split("\n")
  assert.deepEqual([names, file, link, single], ["4", "4", "3", "1"])
  assert.deepEqual([empty, folder, root], ["3", "4", "10"])
  assert.equal(Number(inodes), Number(own) + 2, "each other inode has a number of its own")
})

test("holes take no room, wherever they are, and full blocks of zeros none either", { skip: skipMount }, () => {
  const said = mounted(imageOf("forward"), "cd holes; stat --format='%b %n' all large zeros 'at the end'")
  const blocks = new Map(
    said
      .trim()
      .split("\n")
      .map((line) => [line.replace(/^\d+ /, ""), Number.parseInt(line, 10)]),
  )
  assert.deepEqual(
    [...blocks],
    [
      ["all", 0],
      ["large", 256],
      ["zeros", 1],
      ["at the end", 257],
    ],
  )
})

test("rdsquashfs lists all names, and reads files of every kind", { skip }, () => {
  const listed = output("rdsquashfs", "--describe", imageOf("many")).toString().split("\n")
  assert.equal(listed.filter((line) => /^file "\/?many\/name \d{6} of many" /.test(line)).length, MANY_NAMES)
  for (const path of [
    "sizes/noise-131073",
    "sizes/text-32767",
    "holes/in the middle",
    "names/ünïcödé",
    "links/z-last",
  ]) {
    const bytes = output("rdsquashfs", "--cat", path, imageOf("forward"))
    assert.ok(bytes.equals(readFileSync(join(base, "tree", path))), path)
  }
})

test("the same archive is the same image, byte for byte, in whatever pieces it comes", { skip }, async () => {
  const image = join(base, "again.sqfs")
  await packSquashfs(image, createReadStream(tarOf("forward"), { highWaterMark: 3333 }), { reference: "odd.tar" })
  assert.equal(sha256(await readFile(image)), sha256(await readFile(imageOf("forward"))))
})

test("an image is whole pages, and nobody's to change; beside it nothing is left", { skip }, async () => {
  const { size, mode } = await stat(imageOf("forward"))
  assert.equal(size % 4096, 0)
  assert.equal(mode & 0o7777, 0o444)
  assert.deepEqual(
    (await readdir(base)).filter((name) => /inodes|listings/.test(name)),
    [],
  )
})

test("an archive of nothing is an empty folder of root's", { skip: skipMount }, async () => {
  const image = join(base, "nothing.sqfs")
  await packSquashfs(image, createReadStream("/dev/zero", { end: 10_239 }), { reference: "nothing.tar" })
  assert.equal(mounted(image, "ls -A; stat --format='%a %u %g %Y %h' ."), "755 0 0 0 2\n")
  assert.equal(output("rdsquashfs", "--list", "/", image).toString(), "")
})
