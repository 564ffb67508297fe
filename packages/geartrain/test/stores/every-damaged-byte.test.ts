import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { type OpenedStore, openWhole } from "./opened-store.ts"
import { makeSampleTree, packed, type SampleTree } from "./sample-tree.ts"

const FLIPS = 6
/** Numbers that look like chance and are the same each time. @see Park and Miller, "Random number generators", CACM 31 (1988) */
let state = 20_260
const chance = (below: number): number => {
  state = (state * 48_271) % 0x7fffffff
  return state % below
}

describe("A check of the store names every damaged byte, and what to do", { skip: missing() }, () => {
  let folder = ""
  let opened: OpenedStore
  let sample: SampleTree
  let rich: SampleTree

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "geartrain-damage-"))
    sample = await makeSampleTree(folder)
    await mkdir(join(folder, "rich"))
    rich = await withLists(join(folder, "rich"))
    opened = await openWhole(join(folder, "home"))
    await put(sample)
    await put(rich)
    await opened.store.blobs.put(pieces("an output\n".repeat(3000)))
  })
  after(async () => {
    await opened?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const put = (tree: SampleTree): Promise<unknown> =>
    opened.store.roots.put(tree.tree, { tar: tree.tar(), listing: tree.listingBytes() })

  const rootOf = (tree: SampleTree): string => join(folder, "home/roots", tree.tree.slice(7))

  /** All that a check says, of which each names the root or blob and how it is made good again. */
  const said = async (): Promise<string> => {
    const findings = await opened.check()
    for (const { kind, hint } of findings) {
      assert.equal(kind, "damaged")
      assert.match(hint, /^Remove it, and (run the job again that made it: rm -f|import its gear again: rm -rf) '.+'$/)
    }
    return findings.map(({ message }) => message).join("\n")
  }

  it("of none, when nothing is damaged: a squashfs with its listing, and a tree with lists, capabilities, holes and devices", async () => {
    assert.deepEqual((await readdir(rootOf(sample))).toSorted(), ["listing", "root.json", "root.sqfs"])
    assert.deepEqual((await readdir(rootOf(rich))).toSorted(), [
      "listing",
      "root.json",
      "skeleton.zst",
      "tree",
      "uncounted",
    ])
    assert.deepEqual(await opened.check(), [])
  })

  it("of a blob", async () => {
    for await (const { digest } of opened.store.blobs.list()) {
      const path = (await opened.store.blobs.locate(digest)) ?? ""
      await flipping(path, async () => assert.match(await said(), new RegExp(`^Blob "${digest}" is damaged: `)))
    }
  })

  it("of a root filesystem's files, in either form", async () => {
    for (const [tree, names] of [
      [sample, ["root.sqfs", "listing", "root.json"]],
      [rich, ["skeleton.zst", "uncounted", "listing", "root.json"]],
    ] as const) {
      for (const name of names) {
        const path = join(rootOf(tree), name)
        await flipping(path, async (where) => {
          assert.match(
            await said(),
            new RegExp(`^Root filesystem "${tree.tree}" is damaged: its .*`),
            `${name} ${where}`,
          )
        })
      }
    }
  })

  it("of every digit of root.json", async () => {
    for (const tree of [sample, rich]) {
      const path = join(rootOf(tree), "root.json")
      const text = await readFile(path, "latin1")
      for (const [index, digit] of [...text].entries()) {
        if (!/\d/.test(digit)) continue
        // Of a digest each digit is as good as another.
        if (/[0-9a-f]{6}$/.test(text.slice(0, index)) && chance(16) > 0) continue
        const changed = `${text.slice(0, index)}${(Number(digit) + 1) % 10}${text.slice(index + 1)}`
        await replaced(path, changed, async () => assert.notEqual(await said(), "", `${index}: ${changed}`))
      }
    }
  })

  it("of every file in a tree, and of what is not in the bytes of files", async () => {
    const tree = join(rootOf(rich), "tree")
    const files = (await readdir(tree, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    assert.ok(files.length > 10)
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name)
      if ((await stat(path)).size === 0) continue
      await flipping(path, async () => assert.match(await said(), /its entry ".*" has other bytes/), 1)
    }
    const at = (name: string): string => join(tree, name)
    const acts: readonly (readonly [string, RegExp, string, string])[] = [
      ["a mode", /"a\/b\/file" has mode/, `chmod 600 ${at("a/b/file")}`, `chmod 644 ${at("a/b/file")}`],
      [
        "an owner",
        /"etc\/shadow" belongs to 0:43/,
        `chown 0:43 ${at("etc/shadow")}`,
        `chown 0:42 ${at("etc/shadow")}; chmod 640 ${at("etc/shadow")}`,
      ],
      ["a link", /"bin" points elsewhere/, `ln -sfn usr/lib ${at("bin")}`, `ln -sfn usr/bin ${at("bin")}`],
      [
        "an attribute",
        /"a-b" has other extended/,
        `setfattr -n user.note -v x ${at("a-b")}`,
        `setfattr -n user.note -v 0xff00fe ${at("a-b")}`,
      ],
      [
        "one too many",
        /"etc" has other extended/,
        `setfattr -n user.new -v x ${at("etc")}`,
        `setfattr -x user.new ${at("etc")}`,
      ],
      ["a list", /"a-b" has other extended/, `setfacl -m u:33:- ${at("a-b")}`, `setfacl -m u:33:r,m::r ${at("a-b")}`],
      [
        "a capability",
        /"large" has other extended/,
        `setcap cap_chown+ep ${at("large")}`,
        `setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 ${at("large")}`,
      ],
      ["a stranger", /"etc" has 1 entries too many/, `touch ${at("etc/new")}`, `rm ${at("etc/new")}`],
      [
        "a pipe",
        /"pipe" is of another type/,
        `mv ${at("pipe")} ${folder}/pipe; touch ${at("pipe")}`,
        `mv ${folder}/pipe ${at("pipe")}`,
      ],
    ]
    for (const [what, finding, damage, mend] of acts) {
      execFileSync("sh", ["-e", "-c", damage])
      assert.match(await said(), finding, what)
      execFileSync("sh", ["-e", "-c", mend])
      assert.equal(await said(), "", what)
    }
  })
})

/** What squashfs cannot hold, so that it is kept as a tree; and a folder whose list files in it would inherit. */
async function withLists(base: string): Promise<SampleTree> {
  const sample = await makeSampleTree(base, { beyondSquashfs: true })
  const folder = join(sample.folder, "inherits")
  await mkdir(folder)
  await writeFile(join(folder, "not"), "has no list of its own")
  await symlink("not", join(folder, "link"))
  execFileSync("setfacl", ["-d", "-m", "u:33:rwx", folder])
  await utimes(join(folder, "not"), 1_600_000_000, 1_600_000_000)
  return packed(sample.folder, `${base}/rich.tar`)
}

/** Flips one bit of a file, at places of chance, and puts it back as it was, times too. */
async function flipping(path: string, check: (where: number) => Promise<void>, times = FLIPS): Promise<void> {
  const whole = await readFile(path)
  for (let time = 0; time < times; time++) {
    const where = chance(whole.length)
    const damaged = Buffer.from(whole)
    damaged[where] = (damaged[where] ?? 0) ^ (1 << chance(8))
    await replaced(path, damaged, () => check(where))
  }
}

async function replaced(path: string, bytes: string | Uint8Array, check: () => Promise<void>): Promise<void> {
  const { atimeMs, mtimeMs, mode } = await stat(path)
  const whole = await readFile(path)
  const write = async (content: string | Uint8Array): Promise<void> => {
    // In its place, so that owner, attributes and further names stay. A write takes capabilities away: they are put back.
    const attributes = execFileSync("getfattr", ["--dump", "--match=-", "--absolute-names", path])
    const file = await open(path, "r+")
    await file.write(Buffer.from(content), 0, content.length, 0)
    await file.close()
    execFileSync("setfattr", ["--restore=-"], { input: attributes })
    await chmod(path, mode)
    await utimes(path, atimeMs / 1000, mtimeMs / 1000)
  }
  await write(bytes)
  try {
    await check()
  } finally {
    await write(whole)
  }
}

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

function missing(): string | false {
  if (process.getuid?.() !== 0) return "needs root"
  const absent = ["tar2sqfs", "setfacl", "setfattr", "setcap", "tar"].filter((program) => {
    return !["/bin", "/usr/bin", "/sbin", "/usr/sbin"].some((place) => existsSync(`${place}/${program}`))
  })
  return absent.length === 0 ? false : `needs ${absent.join(", ")}`
}
