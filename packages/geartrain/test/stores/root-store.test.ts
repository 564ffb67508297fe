import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { createReadStream, existsSync } from "node:fs"
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { RootForm } from "@geartrain/ports"
import { isGeartrainError } from "@geartrain/spec"
import { openStoreHome } from "../../src/stores/filesystem/home/store-home.ts"
import { type FilesystemRootStore, openRootStore } from "../../src/stores/filesystem/roots/root-store.ts"
import { nodeAsNobody } from "../programs/as-nobody.ts"
import { flipByte } from "./flip-byte.ts"
import { listTree, makeSampleTree, packed, type SampleTree } from "./sample-tree.ts"

const skip = missing()
const ACT = new URL("acts/root-store-act.ts", import.meta.url).pathname
let base = ""
let sample: SampleTree

before(async () => {
  base = await mkdtemp(join(tmpdir(), "geartrain-roots-"))
  await chmod(base, 0o755)
  if (skip === false) sample = await makeSampleTree(base)
})

after(() => rm(base, { recursive: true, force: true }))

for (const form of ["squashfs", "tree"] as const) {
  test(`a ${form} gives the tree back with all that counts`, { skip }, async () => {
    const { store } = await opened(form)
    const stored = await store.put(sample.tree, source(sample))
    assert.equal(stored.form, form)
    assert.equal(stored.tree, sample.tree)
    assert.ok(stored.storedBytes > 1000)
    assert.deepEqual(await store.stat(sample.tree), stored)
    assert.deepEqual(await listOf(store), [stored])
    assert.equal(await unpackedListing(store.read(sample.tree)), sample.listing)
    assert.deepEqual(await store.check(sample.tree), [])
  })

  test(`a ${form} is put once: what is held is not read again, but looks new to a collection`, { skip }, async () => {
    const { home, store } = await opened(form)
    const stored = await store.put(sample.tree, source(sample))
    const stamp = join(home, "roots", sample.tree.slice(7), "root.json")
    await utimes(stamp, 1, 1)
    assert.deepEqual(await store.put(sample.tree, { tar: unreadable(), listing: unreadable() }), stored)
    assert.ok((await lstat(stamp)).mtimeMs > Date.now() - 60_000)
  })

  test(`a ${form} is absent when its source fails, and nothing is left of it`, { skip }, async () => {
    const { home, store } = await opened(form)
    const tar = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of sample.tar()) {
        yield chunk
        throw new RangeError("the source broke")
      }
    }
    await assert.rejects(
      store.put(sample.tree, { tar: tar(), listing: sample.listingBytes() }),
      new RangeError("the source broke"),
    )
    assert.equal(await store.stat(sample.tree), undefined)
    assert.deepEqual(await leftovers(home), [])
  })

  test(`a ${form} is absent when its tar is cut short`, { skip }, async () => {
    const { home, store } = await opened(form)
    const whole = await readFile(sample.tarFile)
    const tar = async function* (): AsyncGenerator<Uint8Array> {
      yield whole.subarray(0, whole.indexOf("geartrain") + 1000)
    }
    await assert.rejects(store.put(sample.tree, { tar: tar(), listing: sample.listingBytes() }))
    assert.equal(await store.stat(sample.tree), undefined)
    assert.deepEqual(await leftovers(home), [])
  })

  test(`a ${form} whose listing has another digest is refused`, { skip }, async () => {
    const { home, store } = await opened(form)
    const other = `sha256:${"0".repeat(64)}` as const
    await assert.rejects(store.put(other, source(sample)), (error) => isGeartrainError(error, "ROOT_DIGEST_MISMATCH"))
    assert.equal(await store.stat(other), undefined)
    assert.deepEqual(await leftovers(home), [])
  })

  test(`a ${form} that is put by many at once is stored once, and every put succeeds`, { skip }, async () => {
    const { home, store } = await opened(form)
    const puts = await Promise.all([1, 2, 3].map(() => store.put(sample.tree, source(sample))))
    for (const stored of puts) assert.deepEqual(stored, puts[0])
    assert.deepEqual(await store.check(sample.tree), [])
    assert.deepEqual(await leftovers(home), [])
  })

  test(`a ${form} that was removed is absent, and can be put again`, { skip }, async () => {
    const { home, store } = await opened(form)
    await store.put(sample.tree, source(sample))
    await store.remove(sample.tree)
    assert.equal(await store.stat(sample.tree), undefined)
    assert.deepEqual(await leftovers(home), [])
    await store.remove(sample.tree)
    await assert.rejects(readAll(store.read(sample.tree)), (error) => isGeartrainError(error, "ROOT_NOT_FOUND"))
    assert.deepEqual(await store.check(sample.tree), [`Root filesystem "${sample.tree}" is not stored`])
    assert.equal((await store.put(sample.tree, source(sample))).form, form)
  })

  test(`check finds one changed byte in any file of a ${form}`, { skip }, async () => {
    const { home, store } = await opened(form)
    await store.put(sample.tree, source(sample))
    const folder = join(home, "roots", sample.tree.slice(7))
    const files = (await readdir(folder)).filter((name) => name !== "tree")
    const places = [
      ...files.map((name) => join(folder, name)),
      ...(form === "tree"
        ? ["large", "a/b/file", "etc/hosts", "closed/file"].map((name) => join(folder, "tree", name))
        : []),
    ]
    for (const place of places) {
      const { size } = await lstat(place)
      for (const at of [0, Math.floor(size / 2), size - 1]) {
        await flipByte(place, at)
        assert.notDeepEqual(await store.check(sample.tree), [], `${place} at ${at}`)
        await flipByte(place, at)
      }
    }
    if (form === "tree") {
      // Writing to it took its capability away.
      assert.match((await store.check(sample.tree)).join(), /its entry "large" has other extended attributes/)
      execFileSync("setfattr", [
        "-n",
        "security.capability",
        "-v",
        "0x0100000200200000000000000000000000000000",
        join(folder, "tree/large"),
      ])
    }
    assert.deepEqual(await store.check(sample.tree), [])
  })

  test(`check finds a missing and an unknown file of a ${form}`, { skip }, async () => {
    const { home, store } = await opened(form)
    await store.put(sample.tree, source(sample))
    const folder = join(home, "roots", sample.tree.slice(7))
    await writeFile(join(folder, "stranger"), "")
    assert.match((await store.check(sample.tree)).join(), /"stranger" does not belong to it/)
    await unlink(join(folder, "stranger"))
    for (const name of await readdir(folder)) {
      await rename(join(folder, name), join(home, "aside"))
      assert.notDeepEqual(await store.check(sample.tree), [], name)
      await rename(join(home, "aside"), join(folder, name))
    }
    assert.deepEqual(await store.check(sample.tree), [])
  })

  test(`putting a ${form} again mends one whose root.json is damaged`, { skip }, async () => {
    const { home, store } = await opened(form)
    await store.put(sample.tree, source(sample))
    await flipByte(join(home, "roots", sample.tree.slice(7), "root.json"), 10)
    await assert.rejects(store.stat(sample.tree), (error) => isGeartrainError(error, "ROOT_DAMAGED"))
    assert.equal((await listOf(store)).length, 1)
    await store.put(sample.tree, source(sample))
    assert.deepEqual(await store.check(sample.tree), [])
    assert.deepEqual(await leftovers(home), [])
  })
}

test("the same tar makes the same squashfs, byte for byte", { skip }, async () => {
  const [first, second] = [await opened("squashfs"), await opened("squashfs")]
  const one = await first.store.put(sample.tree, source(sample))
  const two = await second.store.put(sample.tree, source(sample))
  assert.deepEqual(await readFile(one.path), await readFile(two.path))
})

test("a tree gives back the very bytes of its tar", { skip }, async () => {
  const { store } = await opened("tree")
  await store.put(sample.tree, source(sample))
  const read = await readAll(store.read(sample.tree))
  // GNU tar fills its last record of 10240 bytes with zeros.
  const whole = await readFile(sample.tarFile)
  assert.deepEqual(read.subarray(0, -1024), whole.subarray(0, read.length - 1024))
  assert.ok(whole.subarray(read.length - 1024).every((byte) => byte === 0))
})

test("check tells what is wrong with an unpacked tree", { skip }, async () => {
  const { home, store } = await opened("tree")
  await store.put(sample.tree, source(sample))
  const tree = join(home, "roots", sample.tree.slice(7), "tree")
  const told = async (): Promise<string> => (await store.check(sample.tree)).join("\n")
  await chmod(join(tree, "large"), 0o600)
  await utimes(join(tree, "a-b"), 1, 1)
  await unlink(join(tree, "bin"))
  await rm(join(tree, "empty"), { recursive: true })
  await writeFile(join(tree, "empty"), "")
  await mkdir(join(tree, "usr/lib"))
  await rm(join(tree, "var"), { recursive: true })
  await writeFile(join(tree, "var"), "")
  execFileSync("ln", ["--symbolic", "--force", "elsewhere", join(tree, "absolute")])
  execFileSync("chown", ["7:8", join(tree, "usr")])
  const sentences = await told()
  for (const wrong of [
    'its entry "large" has mode 0600, not 0644',
    'its entry "a-b" has another modification time',
    'its entry "bin" is missing',
    'its entry "empty" is of another type',
    'its folder "usr" has 1 entries too many',
    'its entry "absolute" points elsewhere',
    'its entry "var" is of another type',
    'its entry "var/log/lastlog" is missing',
    'its entry "usr" belongs to 7:8, not 0:0',
  ]) {
    assert.ok(sentences.includes(wrong), `${wrong} in ${sentences}`)
  }
})

test("a tree that was damaged is not read as if it were whole", { skip }, async () => {
  const { home, store } = await opened("tree")
  await store.put(sample.tree, source(sample))
  const folder = join(home, "roots", sample.tree.slice(7))
  const large = join(folder, "tree", "large")
  const damaged = (error: unknown): boolean => isGeartrainError(error, "ROOT_DAMAGED")
  await flipByte(large, 1_000_000)
  await assert.rejects(readAll(store.read(sample.tree)), damaged)
  await flipByte(large, 1_000_000)
  await appendFile(large, "more")
  await assert.rejects(readAll(store.read(sample.tree)), damaged)
  const shorter = await open(large, "r+")
  await shorter.truncate(10)
  await shorter.close()
  await assert.rejects(readAll(store.read(sample.tree)), damaged)
  await unlink(large)
  await assert.rejects(readAll(store.read(sample.tree)), damaged)
  for (const [name, at] of [
    ["skeleton.zst", 100],
    ["listing", 20],
    ["uncounted", 0],
  ] as const) {
    await flipByte(join(folder, name), at)
    await assert.rejects(readAll(store.read(sample.tree)), damaged)
  }
})

test("a damaged squashfs is not read as if it were whole", { skip }, async () => {
  const { store } = await opened("squashfs")
  const stored = await store.put(sample.tree, source(sample))
  await flipByte(stored.path, 40)
  await assert.rejects(readAll(store.read(sample.tree)), (error) => isGeartrainError(error, "ROOT_DAMAGED"))
})

test("reading may be broken off", { skip }, async () => {
  for (const form of ["squashfs", "tree"] as const) {
    const { store } = await opened(form)
    await store.put(sample.tree, source(sample))
    for await (const piece of store.read(sample.tree)) {
      assert.ok(piece.length > 0)
      break
    }
  }
})

test("a tree that squashfs cannot hold is unpacked, access lists and old times and all", { skip }, async () => {
  const folder = await mkdtemp(join(base, "beyond-"))
  const beyond = await makeSampleTree(folder, { beyondSquashfs: true })
  const { store } = await opened("squashfs")
  assert.equal((await store.put(beyond.tree, source(beyond))).form, "tree")
  assert.deepEqual(await store.check(beyond.tree), [])
  assert.equal(await unpackedListing(store.read(beyond.tree)), beyond.listing)
})

test("an empty tree is stored like any other", { skip }, async () => {
  const folder = await mkdtemp(join(base, "empty-"))
  await mkdir(join(folder, "root"))
  const empty = await packed(join(folder, "root"), join(folder, "empty.tar"))
  for (const form of ["squashfs", "tree"] as const) {
    const { store } = await opened(form)
    assert.equal((await store.put(empty.tree, source(empty))).form, form)
    assert.deepEqual(await store.check(empty.tree), [])
    assert.equal(await unpackedListing(store.read(empty.tree)), empty.listing)
  }
})

test("a path out of the tree is refused, and nothing is written there", { skip }, async () => {
  const { home, store } = await opened("tree")
  const folder = await mkdtemp(join(base, "hostile-"))
  await writeFile(join(folder, "file"), "x")
  const tarFile = join(folder, "hostile.tar")
  const hostile = (name: string): void => {
    execFileSync("tar", ["-cf", tarFile, "-P", "-C", folder, `--transform=s|file|${name}|`, "file"])
  }
  for (const name of ["../../outside", "a/../../outside"]) {
    hostile(name)
    await assert.rejects(
      store.put(sample.tree, { tar: createReadStream(tarFile), listing: sample.listingBytes() }),
      /has the path/,
    )
  }
  assert.deepEqual(await leftovers(home), [])
  assert.ok(!existsSync(join(home, "outside")) && !existsSync(join(home, "tmp", "outside")))
})

test("without sqfs2tar even root keeps trees, and is told what to install for one that it has", { skip }, async () => {
  const { home, store } = await opened("squashfs")
  await writeFile(join(base, "listing"), sample.listing)
  const without = (program: string, ...words: readonly string[]): Record<string, unknown> => {
    const hide = `mount --bind /dev/null "$(command -v ${program})" && exec "$@"`
    const act = [process.execPath, ACT, home, ...words]
    return JSON.parse(execFileSync("unshare", ["--mount", "sh", "-c", hide, "sh", ...act], { encoding: "utf8" }))
  }
  const files = [sample.tarFile, join(base, "listing")]
  assert.equal(without("sqfs2tar", "put", sample.tree, ...files)["form"], "tree")
  await store.remove(sample.tree)
  assert.equal(without("yes", "put", sample.tree, ...files)["form"], "squashfs")
  const refused = without("sqfs2tar", "read", sample.tree, join(base, "read.tar"))
  assert.equal(refused["code"], "STORE_TOOL_MISSING")
  assert.equal(refused["message"], 'Cannot run "sqfs2tar": it is not installed')
})

test("an ordinary user keeps a tree whose owners and devices come back from the skeleton", { skip }, async () => {
  const folder = await mkdtemp(join(base, "nobody-"))
  await chmod(folder, 0o777)
  await writeFile(join(base, "listing"), sample.listing)
  const act = (...words: readonly string[]): unknown => JSON.parse(nodeAsNobody(ACT, `${folder}/home`, ...words))
  const stored = act("put", sample.tree, sample.tarFile, join(base, "listing")) as { form: string; path: string }
  assert.equal(stored.form, "tree")
  assert.equal((await lstat(join(stored.path, "a-b"))).uid, 65534)
  assert.equal((await lstat(join(stored.path, "usr/bin/setuid"))).mode & 0o7777, 0o4755)
  assert.deepEqual(act("check", sample.tree), [])
  act("read", sample.tree, `${folder}/read.tar`)
  assert.equal(await unpackedListing(createReadStream(`${folder}/read.tar`)), sample.listing)
  assert.equal(act("remove", sample.tree), null)
  assert.deepEqual(await leftovers(join(folder, "home")), [])
})

function missing(): string | false {
  if (process.getuid?.() !== 0) return "needs root"
  for (const program of ["tar2sqfs", "sqfs2tar", "getfattr", "setfattr", "setpriv", "unshare"]) {
    if (!existsSync(`/usr/bin/${program}`)) return `needs ${program}`
  }
  return false
}

async function opened(form: RootForm): Promise<{ readonly home: string; readonly store: FilesystemRootStore }> {
  const home = join(await mkdtemp(join(base, "store-")), "home")
  return { home, store: openRootStore(await openStoreHome(home), { form }) }
}

function source(of: SampleTree): {
  readonly tar: AsyncIterable<Uint8Array>
  readonly listing: AsyncIterable<Uint8Array>
} {
  return { tar: of.tar(), listing: of.listingBytes() }
}

function unreadable(): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => {
      throw new Error("It is read")
    },
  }
}

async function listOf(store: FilesystemRootStore): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for await (const root of store.list()) found.push(root)
  return found
}

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Unpacks with GNU tar, as root, and lists what came out. */
async function unpackedListing(tar: AsyncIterable<Uint8Array>): Promise<string> {
  const folder = await mkdtemp(join(base, "unpacked-"))
  await writeFile(`${folder}.tar`, tar)
  execFileSync("tar", ["-xpf", `${folder}.tar`, "--numeric-owner", "--xattrs", "--xattrs-include=*", "-C", folder], {
    stdio: ["ignore", "ignore", "ignore"],
  })
  return listTree(folder)
}

/** What is in the store's folder besides whole roots and empty folders. */
async function leftovers(home: string): Promise<readonly string[]> {
  const names: string[] = []
  for (const process of await readdir(join(home, "tmp"))) names.push(...(await readdir(join(home, "tmp", process))))
  return names
}
