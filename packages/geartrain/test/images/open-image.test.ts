import assert from "node:assert/strict"
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs"
import { open } from "node:fs/promises"
import { join } from "node:path"
import { after, describe, it } from "node:test"
import { gzipSync } from "node:zlib"
import { openImage, openImageStream, withFile } from "../../src/images/index.ts"
import { nodeAsNobody } from "../programs/as-nobody.ts"
import { missing, run } from "./support/foreign.ts"
import { digestOf, json } from "./support/make-image.ts"
import { makeTar, type TestEntry } from "./support/make-tar.ts"
import { bytesOf, listingOf, pathsOf, pieces, refusal, scanImage, textOf, withImage } from "./support/read-image.ts"
import { temporaryFolder } from "./support/temporary-folder.ts"

const MANIFEST = "flywheel/v0/manifest.json"

describe("Opening an image", () => {
  const folder = temporaryFolder({ after })
  const tar = makeTar([{ path: "a" }])

  it("tells what is wrong with a name that leads nowhere", async () => {
    for (const [reference, code, words] of [
      ["no-such-file.tar", "IMAGE_NOT_FOUND", /Cannot find image "no-such-file.tar": there is no such file or folder/],
      ["folder/inside.tar", "IMAGE_NOT_FOUND", /no such file/],
      ["docker://x", "IMAGE_REFERENCE_INVALID", /does not begin with the host/],
      ["n".repeat(5000), "IMAGE_NOT_FOUND", /no such file/],
      ["/dev/null", "IMAGE_FORMAT_UNKNOWN", /it is no file and no folder/],
    ] as const) {
      const error = await refusal(reference)
      assert.equal(error.code, code)
      assert.match(error.message, words)
    }
  })

  it("says that there is no such file where a registry cannot be reached and a path may have been meant", async () => {
    const patience = { retries: 0 }
    const path = await refusal("127.0.0.1:1/typed.wrong", { patience })
    assert.equal(path.code, "REGISTRY_UNAVAILABLE")
    assert.match(
      path.hint ?? "",
      /^Check the path, if a file was meant: there is none of this name\. Check the network/,
    )
    assert.doesNotMatch((await refusal("docker://127.0.0.1:1/x", { patience })).hint ?? "", /Check the path/)
  })

  it("tells what a file is by its content, never by its name", async () => {
    writeFileSync(join(folder, "image.zip"), tar)
    writeFileSync(join(folder, "image.oci"), gzipSync(tar))
    for (const name of ["image.zip", "image.oci"]) {
      assert.equal(await withImage(join(folder, name), ({ origin }) => origin.kind), "tar")
    }
  })

  it("takes what a shell's <(…) gives", { skip: missing("mkfifo") }, async () => {
    const pipe = join(folder, "pipe")
    run(["mkfifo", pipe])
    const reading = pathsOf(pipe)
    const writer = await open(pipe, "w")
    await writer.writeFile(tar)
    await writer.close()
    assert.deepEqual(await reading, ["a"])
  })

  it("refuses a named pipe into which nobody writes", { skip: missing("mkfifo") }, async () => {
    const pipe = join(folder, "idle-pipe")
    run(["mkfifo", pipe])
    const { code, message, hint } = await refusal(pipe, { pipePatienceMs: 1 })
    assert.equal(code, "IMAGE_UNREADABLE")
    assert.match(message, /it is a named pipe, into which nobody writes$/)
    assert.match(hint ?? "", /^Start the program/)
  })

  it("refuses a file that may not be read", { skip: missing("root", "setpriv") }, () => {
    const path = join(folder, "secret.tar")
    writeFileSync(path, tar, { mode: 0o600 })
    chmodSync(folder, 0o755)
    const script = `
      import { openImage } from "${new URL("../../src/images/index.ts", import.meta.url)}"
      await openImage(${JSON.stringify(path)}, { temporaryFolder: "/nonexistent" }).catch((error) => console.log(JSON.stringify({ code: error.code, message: error.message })))`
    const error = JSON.parse(nodeAsNobody("--input-type=module", "-e", script)) as {
      readonly code: string
      readonly message: string
    }
    assert.equal(error.code, "IMAGE_UNREADABLE")
    assert.match(error.message, /^Cannot read image ".*": it may not be read \(EACCES\)/)
  })

  it("puts a stream aside once, and removes it when it is closed or refused", async () => {
    const spool = join(folder, "spool")
    mkdirSync(spool)
    const image = await openImageStream(pieces(tar), "-", { temporaryFolder: spool })
    assert.equal(readdirSync(spool).length, 1)
    await image.close()
    assert.deepEqual(readdirSync(spool), [])
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield tar
      throw new RangeError("the pipe broke")
    }
    await assert.rejects(openImageStream(broken(), "-", { temporaryFolder: spool }), RangeError)
    await assert
      .rejects(
        openImageStream(pieces(Buffer.from("BZh9 no")), "-", { temporaryFolder: spool }).then((opened) =>
          opened.scan(),
        ),
        {
          code: "IMAGE_FORMAT_UNKNOWN",
        },
      )
      .finally(() => undefined)
    const limits = { maxUnpackedBytes: 0, freeBytes: 10 }
    await assert.rejects(openImageStream(pieces(tar), "-", { temporaryFolder: spool, limits }), {
      code: "IMAGE_TOO_LARGE",
    })
  })

  it("tells of its progress", async () => {
    const image = await openImageStream(pieces(tar), "-", { temporaryFolder: folder })
    const told: number[] = []
    await image.scan({ onProgress: (bytes) => told.push(bytes) })
    await image.close()
    assert.equal(told.at(-1), tar.length)
  })

  it("finds that an archive was changed or is gone when it is read again", async () => {
    const path = join(folder, "changing.tar")
    writeFileSync(
      path,
      makeTar([
        { path: "a", body: "one" },
        { path: "b", body: "same" },
      ]),
    )
    const image = await openImage(path, { temporaryFolder: folder })
    const scan = await image.scan()
    writeFileSync(
      path,
      makeTar([
        { path: "a", body: "two" },
        { path: "b", body: "same" },
      ]),
    )
    await assert.rejects(bytesOf(image.tar(scan)), { code: "IMAGE_CHANGED", message: /entry "a" is not what it was/ })
    await image.close()
  })
})

describe("The manifest of a gear", () => {
  const read = async (...entries: readonly TestEntry[]): Promise<string | undefined> => {
    const { manifest } = await scanImage(makeTar(entries))
    return manifest === undefined ? undefined : Buffer.from(manifest).toString()
  }

  it("is found under its name, as a hard link, and behind links", async () => {
    const body = '{"name":"x"}'
    const link = (path: string, target: string): TestEntry => ({ path, type: "link", target })
    assert.equal(await read({ path: MANIFEST, body }), body)
    assert.equal(await read({ path: `./${MANIFEST}`, body }), body)
    assert.equal(await read({ path: "other", body }, { path: MANIFEST, type: "hard-link", target: "other" }), body)
    assert.equal(await read({ path: "x" }, { path: "opt/m.json", body }, link(MANIFEST, "../../opt/m.json")), body)
    assert.equal(
      await read({ path: "x", body: "no" }, { path: "opt/v0/manifest.json", body }, link("flywheel", "/opt")),
      body,
    )
    assert.equal(await read({ path: MANIFEST, body: "" }), "")
  })

  it("is not there when it is a folder, a link to nothing, or a link in a circle", async () => {
    assert.equal(await read({ path: MANIFEST, type: "folder" }), undefined)
    assert.equal(await read({ path: MANIFEST, type: "link", target: "manifest.json" }), undefined)
    assert.equal(await read({ path: MANIFEST, type: "link", target: "../../../../etc/passwd" }), undefined)
    assert.equal(await read({ path: "a" }), undefined)
  })

  it("may not be larger than a manifest can be", async () => {
    const error = await refusal(makeTar([{ path: MANIFEST, body: Buffer.alloc(4 * 1024 * 1024 + 1, " ") }]))
    assert.equal(error.code, "IMAGE_METADATA_TOO_LARGE")
    assert.match(error.message, /"flywheel\/v0\/manifest.json" has 4194305 bytes, and may have 4194304/)
  })

  it("may be given another body, and the tree is that of an image that was packed so", async () => {
    const entries = (body: string): TestEntry[] => [
      { path: "before", body: "b" },
      { path: MANIFEST, body, mode: 0o640, uid: 5 },
      { path: "after", body: "a" },
    ]
    const changed = makeTar(entries('{"environment":{}}'))
    await withImage(makeTar(entries("{}")), async (image, scan) => {
      const replaced = withFile(scan, MANIFEST, Buffer.from('{"environment":{}}'))
      assert.ok(replaced !== undefined)
      assert.equal(await textOf(replaced.listing()), await listingOf(changed))
      assert.equal(Buffer.from(replaced.manifest ?? "").toString(), '{"environment":{}}')
      assert.equal(await listingOf(await bytesOf(image.tar(replaced))), await listingOf(changed))
      assert.equal(
        await listingOf(await bytesOf(image.tar(scan))),
        await textOf(scan.listing()),
        "the scan itself is as it was",
      )
      assert.equal(withFile(scan, "none", Buffer.alloc(0)), undefined)
    })
  })

  it("may be given another body though it has other names, which keep theirs", async () => {
    for (const names of [
      [MANIFEST, "other", "third"],
      ["a-first", MANIFEST, "third"],
    ]) {
      const [first = "", ...links] = names
      const tar = makeTar([
        { path: first, body: "{}" },
        ...links.map((path): TestEntry => ({ path, type: "hard-link", target: first })),
      ])
      await withImage(tar, async (image, scan) => {
        const replaced = withFile(scan, MANIFEST, Buffer.from("[1]"))
        assert.ok(replaced !== undefined)
        const again = await bytesOf(image.tar(replaced))
        assert.equal((await scanImage(again)).tree, replaced.tree)
        const listing = await listingOf(again)
        assert.match(listing, new RegExp(`manifest.json","f",420,0,0,"${digestOf(Buffer.from("[1]")).slice(7)}`))
        assert.match(listing, new RegExp(`third","f",420,0,0,"${digestOf(Buffer.from("{}")).slice(7)}`))
      })
    }
  })
})

describe("A docker archive", () => {
  const layer = makeTar([{ path: "x", body: "layer" }])
  const config = json({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [digestOf(layer)] } })
  const name = digestOf(config).slice(7)
  const one = (tags: readonly string[], layers: readonly string[]): object => ({
    Config: `${name}.json`,
    RepoTags: tags,
    Layers: layers,
  })
  const id = "0123456789abcdef".repeat(4)

  it("is read as old versions of docker save wrote it, where equal layers are links", async () => {
    const other = "fedcba9876543210".repeat(4)
    const archive = makeTar([
      { path: other, type: "folder" },
      { path: `${other}/VERSION`, body: "1.0" },
      { path: `${other}/json`, body: "{}" },
      { path: `${other}/layer.tar`, body: layer },
      { path: id, type: "folder" },
      { path: `${id}/layer.tar`, type: "link", target: `../${other}/layer.tar` },
      { path: `${name}.json`, body: config },
      { path: "manifest.json", body: json([one(["a:1"], [`${id}/layer.tar`])]) },
      { path: "repositories", body: "{}" },
    ])
    assert.deepEqual(await pathsOf(archive), ["x"])
  })

  it("is read as new versions write it, beside an OCI layout", async () => {
    const path = `blobs/sha256/${digestOf(layer).slice(7)}`
    const archive = makeTar([
      { path: "blobs", type: "folder" },
      { path: "blobs/sha256", type: "folder" },
      { path, body: layer },
      { path: `blobs/sha256/${name}`, body: config },
      { path: "index.json", body: json({ schemaVersion: 2, manifests: [] }) },
      { path: "oci-layout", body: "{}" },
      { path: "manifest.json", body: json([{ ...one(["a:1"], [path]), Config: `blobs/sha256/${name}` }]) },
    ])
    assert.equal(await withImage(archive, ({ origin }) => origin.kind), "docker-archive")
    assert.deepEqual(await pathsOf(archive), ["x"])
  })

  it("with several images asks which, and takes names as people write them", async () => {
    const archive = makeTar([
      { path: "aa".repeat(32), body: layer },
      { path: `${name}.json`, body: config },
      {
        path: "manifest.json",
        body: json([one(["r.test/lab/tool:latest"], ["aa".repeat(32)]), one(["other:2"], ["aa".repeat(32)])]),
      },
    ])
    const error = await refusal(archive)
    assert.equal(error.code, "IMAGE_AMBIGUOUS")
    assert.match(error.hint ?? "", /r.test\/lab\/tool:latest, other:2/)
    for (const wanted of ["r.test/lab/tool:latest", "r.test/lab/tool", "tool:latest", "other:2"]) {
      assert.deepEqual(await pathsOf(archive, { name: wanted }), ["x"], wanted)
    }
    assert.equal((await refusal(archive, { name: "tool:2" })).code, "IMAGE_NOT_FOUND")
  })

  it("with links that lead round in a circle, or out of it, has no such layer", async () => {
    for (const target of [`../${id}/layer.tar`, "../../../etc/passwd", "/etc/passwd"]) {
      const archive = makeTar([
        { path: `${id}/layer.tar`, type: "link", target },
        { path: `${name}.json`, body: config },
        { path: "manifest.json", body: json([one([], [`${id}/layer.tar`])]) },
      ])
      assert.equal((await refusal(archive)).code, "IMAGE_BLOB_MISSING")
    }
  })

  it("whose layer is not the one that its config names is refused", async () => {
    const archive = makeTar([
      { path: `${id}/layer.tar`, body: makeTar([{ path: "y" }]) },
      { path: `${name}.json`, body: config },
      { path: "manifest.json", body: json([one([], [`${id}/layer.tar`])]) },
    ])
    const error = await refusal(archive)
    assert.equal(error.code, "IMAGE_LAYER_DIGEST_MISMATCH")
    assert.match(error.message, /layer 1 of 1: its unpacked bytes have the digest/)
  })
})

describe("A folder", () => {
  const folder = temporaryFolder({ after })

  it("that is an image layout without what belongs to it is refused", async () => {
    const layout = join(folder, "layout")
    mkdirSync(layout)
    writeFileSync(join(layout, "oci-layout"), "{}")
    writeFileSync(
      join(layout, "index.json"),
      json({ schemaVersion: 2, manifests: [{ digest: digestOf(Buffer.from("x")), size: 1, mediaType: "" }] }),
    )
    assert.equal((await refusal(layout)).code, "IMAGE_BLOB_MISSING")
    mkdirSync(join(layout, "blobs/sha256"), { recursive: true })
    symlinkSync("/dev/zero", join(layout, "blobs/sha256", digestOf(Buffer.from("x")).slice(7)))
    assert.equal((await refusal(layout)).code, "IMAGE_BLOB_MISSING")
  })

  it("that only looks like something of skopeo's is a root filesystem", { skip: missing("tar") }, async () => {
    const root = join(folder, "root")
    mkdirSync(root)
    writeFileSync(join(root, "version"), "12.5\n")
    writeFileSync(join(root, "manifest.json"), "{}")
    assert.deepEqual(await pathsOf(root), ["manifest.json", "version"])
  })
})
