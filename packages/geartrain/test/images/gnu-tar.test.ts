import assert from "node:assert/strict"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { openImage } from "../../src/images/index.ts"
import { nodeAsNobody } from "../programs/as-nobody.ts"
import { missing, run, sh } from "./support/foreign.ts"
import { bytesOf, listingOf, pathsOf, refusal, scanImage, withImage } from "./support/read-image.ts"
import { temporaryFolder } from "./support/temporary-folder.ts"
import { addRuntimeFiles, makeFullTree, makePlainTree } from "./support/tricky-tree.ts"

const PAX = ["--format=pax", "--xattrs", "--xattrs-include=*"]

describe("GNU tar as the packer", { skip: missing("root", "tar", "setfacl", "setfattr", "setcap") }, () => {
  const folder = temporaryFolder({ after })
  let plain = ""
  let full = ""
  let plainListing = ""
  let fullListing = ""

  before(async () => {
    plain = join(folder, "plain")
    full = join(folder, "full")
    mkdirSync(plain)
    mkdirSync(full)
    makePlainTree(plain)
    makeFullTree(full)
    plainListing = await listingOf(plain)
    fullListing = await listingOf(full)
  })

  const pack = (tree: string, ...options: readonly string[]): string => {
    const path = join(folder, `packed-${Math.random()}.tar`)
    run(["tar", "--create", ...options, "--directory", tree, "--file", path, "."])
    return path
  }

  it("a folder has in its listing all that its files have", () => {
    const lines = fullListing.split("\n")
    const line = (path: string): unknown => {
      const found = lines.find((each) => each.startsWith(`${JSON.stringify([path]).slice(0, -1)},`))
      assert.ok(found !== undefined, path)
      return JSON.parse(found)
    }
    assert.equal(lines[0], "geartrain-tree/1")
    assert.deepEqual(line("bin"), ["bin", "l", 0, 0, "usr/bin"])
    assert.deepEqual(line("bits/sticky"), ["bits/sticky", "d", 0o1777, 0, 0])
    assert.deepEqual(line("special-disk"), ["special-disk", "b", 0o644, 0, 0, 259, 70_000])
    assert.deepEqual(line("special-pipe"), ["special-pipe", "p", 0o644, 0, 0])
    assert.deepEqual((line("owned/file") as unknown[]).slice(0, 5), ["owned/file", "f", 0o6644, 12_345, 54_321])
    assert.deepEqual((line("owned/far") as unknown[]).slice(3, 5), [3_000_000_000, 4_000_000_000])
    assert.deepEqual((line("times/before") as unknown[])[7], -86_401)
    assert.deepEqual((line("times/after") as unknown[])[7], 7_258_118_400)
    assert.deepEqual((line("links/two") as unknown[]).slice(1), (line("a-third") as unknown[]).slice(1))
    assert.deepEqual((line("sparse/middle") as unknown[])[6], 5 * 2 ** 20 + 17)
    assert.deepEqual((line("xattrs/binary") as unknown[]).at(-1), { "user.bytes": "00ff0a3d80" })
    assert.deepEqual((line("xattrs/folder") as unknown[]).at(-1), { "user.on.folder": "796573" })
    assert.ok("security.capability" in ((line("xattrs/capable") as unknown[]).at(-1) as object))
    assert.ok("system.posix_acl_access" in ((line("acl-file") as unknown[]).at(-1) as object))
    assert.ok("system.posix_acl_default" in ((line("acl-folder") as unknown[]).at(-1) as object))
  })

  it("every format gives the tree that the folder has", async () => {
    for (const options of [
      ["--format=pax"],
      ["--format=gnu"],
      ["--format=ustar"],
      ["--format=oldgnu"],
      ["--format=gnu", "--sparse"],
      ["--format=pax", "--numeric-owner", "--sort=name"],
      ["--format=pax", "--pax-option=delete=atime,delete=ctime"],
      ["--format=pax", "--pax-option=globexthdr.name=g,comment=hello"],
      ["--format=gnu", "--label=a volume"],
      ["--format=gnu", "--blocking-factor=1"],
    ]) {
      assert.equal(await listingOf(pack(plain, ...options)), plainListing, options.join(" "))
    }
  })

  it("PAX with attributes, access lists and each kind of sparse file gives the tree that the folder has", async () => {
    for (const options of [
      [],
      ["--sparse"],
      ["--sparse-version=0.0"],
      ["--sparse-version=0.1"],
      ["--sparse-version=1.0"],
      ["--acls", "--numeric-owner"],
      ["--acls", "--numeric-owner", "--selinux", "--sparse"],
    ]) {
      assert.equal(await listingOf(pack(full, ...PAX, ...options)), fullListing, options.join(" "))
    }
  })

  it("GNU's own format holds long names, far owners and sparse files too", async () => {
    run(["cp", "-a", full, join(folder, "gnu")])
    const tree = join(folder, "gnu")
    sh("rm -r acl-file acl-folder xattrs", { cwd: tree })
    const listing = await listingOf(tree)
    for (const options of [["--format=gnu"], ["--format=gnu", "--sparse"], ["--format=oldgnu", "--sparse"]]) {
      assert.equal(await listingOf(pack(tree, ...options)), listing, options.join(" "))
    }
  })

  it("compression, and standard input, change nothing", async () => {
    const bytes = readFileSync(pack(plain, "--format=pax"))
    for (const packed of [
      bytes,
      gzipSync(bytes),
      zstdCompressSync(bytes),
      Buffer.concat([gzipSync(bytes.subarray(0, 5000)), gzipSync(bytes.subarray(5000))]),
    ]) {
      assert.equal(await listingOf(packed), plainListing)
      const path = join(folder, "any-name-at-all.txt")
      writeFileSync(path, packed)
      assert.equal(await listingOf(path), plainListing)
    }
  })

  it("what a runtime puts into every container does not count", async () => {
    const tree = join(folder, "run")
    run(["cp", "-a", plain, tree])
    addRuntimeFiles(tree)
    mkdirSync(join(plain, "etc"), { recursive: true })
    const [withFiles, without] = [await scanImage(tree), await scanImage(plain)]
    rmSync(join(plain, "etc"), { recursive: true })
    assert.equal(withFiles.tree, without.tree)
    assert.equal(withFiles.entries, without.entries)
    assert.equal((await scanImage(pack(tree, "--format=pax"))).tree, without.tree)
  })

  it("the canonical stream is the same tree again, with its hard links and holes, and the same bytes for each packing in the same order", async () => {
    const stream = await withImage(full, (image, scan) => bytesOf(image.tar(scan)))
    assert.equal(await listingOf(stream), fullListing)
    const again = await withImage(pack(full, ...PAX, "--sparse", "--sort=name"), (image, scan) =>
      bytesOf(image.tar(scan)),
    )
    assert.ok(stream.equals(again))
    assert.ok(stream.length < 5 * 2 ** 20, "holes are not written")
    const unpacked = join(folder, "unpacked")
    mkdirSync(unpacked)
    run(["tar", "--extract", "--xattrs", "--xattrs-include=*", "--numeric-owner", "--directory", unpacked], {
      input: stream,
    })
    assert.equal(await listingOf(unpacked), fullListing)
    const inode = (path: string): string => run(["stat", "-c", "%i", join(unpacked, path)]).toString()
    assert.equal(inode("links/one"), inode("a-third"))
    const blocks = Number(run(["stat", "-c", "%b", join(unpacked, "sparse/only-hole")]).toString())
    assert.ok(blocks < 16, `a hole takes ${blocks} blocks`)
  })

  it("a large hole in a folder with enough data is no bomb, and one in a small folder is", async () => {
    const tree = join(folder, "holes")
    mkdirSync(tree)
    run(["truncate", "--size=9M", join(tree, "a-hole")])
    const limits = { freeBytes: 0 }
    const error = await refusal(tree, { limits })
    assert.equal(error.code, "IMAGE_TOO_LARGE")
    assert.match(error.message, /entry "\.\/a-hole" brings the holes of its sparse files to 9437184 bytes/)
    writeFileSync(join(tree, "z-data"), Buffer.alloc(1_000_000, "x"))
    assert.deepEqual(await pathsOf(tree, { limits }), ["a-hole", "z-data"])
  })

  it("a socket is left out with a warning", async () => {
    const tree = join(folder, "socket")
    mkdirSync(tree)
    writeFileSync(join(tree, "file"), "")
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(tree, "talk"), resolve))
    const scan = await scanImage(tree)
    await new Promise((resolve) => server.close(resolve))
    assert.deepEqual(scan.warnings, ["./talk is a socket, and was left out"])
    assert.deepEqual(
      Array.from(scan.treeEntries(), ({ path }) => path),
      ["file"],
    )
  })

  it("a folder that another user may not read whole is refused", { skip: missing("root", "setpriv") }, async () => {
    const tree = join(folder, "secret")
    mkdirSync(tree, { mode: 0o755 })
    writeFileSync(join(tree, "file"), "", { mode: 0o600 })
    run(["chmod", "755", folder])
    const script = `
      import { openImage } from "${new URL("../../src/images/index.ts", import.meta.url)}"
      const image = await openImage(${JSON.stringify(tree)}, { temporaryFolder: "/nonexistent" })
      try { await image.scan() } catch (error) { console.log(error.code, error.message) }`
    assert.match(
      nodeAsNobody("--input-type=module", "-e", script),
      /^IMAGE_UNREADABLE Cannot read image ".*secret": tar could not read all of it \(exit 2\): tar: .\/file: Cannot open: Permission denied/,
    )
  })

  it("a file that changes between the passes is found", async () => {
    const tree = join(folder, "changing")
    mkdirSync(tree)
    writeFileSync(join(tree, "file"), "one")
    const image = await openImage(tree, { temporaryFolder: folder })
    const scan = await image.scan()
    writeFileSync(join(tree, "file"), "two")
    await assert.rejects(bytesOf(image.tar(scan)), {
      code: "IMAGE_CHANGED",
      message: /entry "file" is not what it was a moment ago/,
    })
    writeFileSync(join(tree, "file"), "more than before")
    await assert.rejects(bytesOf(image.tar(scan)), { code: "IMAGE_CHANGED" })
    rmSync(join(tree, "file"))
    await assert.rejects(bytesOf(image.tar(scan)), { code: "IMAGE_CHANGED", message: /files that it had are gone/ })
    await image.close()
  })

  it("reading ends when it is cancelled, and leaves no tar behind", async () => {
    const cancel = new AbortController()
    const image = await openImage(full, { temporaryFolder: folder })
    const scanning = image.scan({ signal: cancel.signal, onProgress: () => cancel.abort(new RangeError("enough")) })
    await assert.rejects(scanning, RangeError)
    const reading = image.tar(await image.scan())
    for await (const _ of reading) break
    await image.close()
  })

  it("names that GNU tar packs with a slash before them are refused", async () => {
    const path = join(folder, "absolute.tar")
    run(["tar", "--create", "--absolute-names", "--file", path, join(plain, "flywheel")])
    assert.equal((await refusal(path)).code, "IMAGE_PATH_OUTSIDE")
  })

  it("an archive that busybox packed is read too", { skip: missing("busybox") }, async () => {
    const path = join(folder, "busybox.tar")
    run(["busybox", "tar", "-c", "-C", plain, "-f", path, "."])
    assert.ok((await pathsOf(path)).includes("flywheel/v0/manifest.json"))
  })
})
