import assert from "node:assert/strict"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { type Gear, type GearManifest, gearId, isGeartrainError } from "@geartrain/spec"
import { EXPORT_FORMS, type ExportOptions, exportImage } from "../../src/images/index.ts"
import { sha256 } from "../../src/system/hash.ts"
import { missing, run } from "./support/foreign.ts"
import { gearOfTree } from "./support/gear-of-tree.ts"
import { makeTar } from "./support/make-tar.ts"
import { bytesOf, listingOf, pieces, withImage } from "./support/read-image.ts"
import { temporaryFolder } from "./support/temporary-folder.ts"
import { makeFullTree } from "./support/tricky-tree.ts"

const MANIFEST = {
  name: "Tricky_Gear",
  label: "Tricky",
  description: "Has everything",
  version: "1.0.0+b/2",
  author: "Ann",
  license: "MIT",
  url: "",
  source: "",
  command: "echo hello",
  environment: { LEVEL: "full", PATH: "/opt/bin:/bin" },
  config: {},
  inputs: {},
} satisfies GearManifest

function gearOf(tree: Gear["tree"], manifest: GearManifest = MANIFEST): Gear {
  return gearOfTree(tree, manifest)
}

async function exported(tar: Buffer, path: string, options: ExportOptions): Promise<Gear> {
  const gear = await withImage(tar, (_, scan) => gearOf(scan.tree))
  await exportImage({ gear, tar: pieces(tar, 100_000) }, path, options)
  return gear
}

const SMALL = makeTar([
  { path: "flywheel/v0/run", body: "#!/bin/sh\n", mode: 0o755 },
  { path: "flywheel/v0/manifest.json", body: JSON.stringify(MANIFEST) },
  { path: "second-name", type: "hard-link", target: "flywheel/v0/run" },
])

describe("An exported gear", () => {
  const folder = temporaryFolder({ after })

  it("is the same tree in every form and every compression", async () => {
    for (const form of EXPORT_FORMS) {
      for (const compression of ["none", "gzip", "zstd"] as const) {
        const path = join(folder, `${form}-${compression}`)
        await exported(SMALL, path, { form, compression })
        assert.equal(await listingOf(path), await listingOf(SMALL), `${form} ${compression}`)
        const kind = await withImage(path, ({ origin }) => origin.kind)
        assert.equal(kind, form)
      }
    }
  })

  it("is the same bytes each time", async () => {
    for (const form of ["tar", "docker-archive", "oci-archive"] as const) {
      await exported(SMALL, join(folder, "first"), { form })
      await exported(SMALL, join(folder, "second"), { form })
      assert.ok(readFileSync(join(folder, "first")).equals(readFileSync(join(folder, "second"))), form)
    }
  })

  it("declares how the gear is started", async () => {
    const path = join(folder, "declared")
    const gear = await exported(SMALL, path, { form: "oci-layout" })
    await withImage(path, ({ declaration, platform }) => {
      assert.equal(platform, "linux/amd64")
      assert.deepEqual(declaration?.env, ["PATH=/opt/bin:/bin", "LEVEL=full"])
      assert.deepEqual(declaration.cmd, ["bash", "-c", "echo hello"])
      assert.deepEqual(declaration.entrypoint, [])
      assert.equal(declaration.workdir, "/flywheel/v0")
      assert.equal(declaration.labels["geartrain.gear"], gear.id)
    })
    assert.match(
      readFileSync(join(path, "index.json"), "utf8"),
      /"org.opencontainers.image.ref.name":"tricky-gear:1.0.0-b-2"/,
    )
  })

  it("runs as the user that its manifest names, and starts nothing when its author marked it as invalid", async () => {
    for (const [reserved, user, cmd] of [
      [{ uid: 1000, gid: 100 }, "1000:100", ["./run"]],
      [{ invalid: true }, "", []],
    ] as const) {
      const { command: _, ...plain } = MANIFEST
      const manifest: GearManifest = { ...plain, custom: { flywheel: reserved } }
      const gear = await withImage(SMALL, (__, scan) => gearOf(scan.tree, manifest))
      const path = join(folder, "reserved.tar")
      await exportImage({ gear, tar: pieces(SMALL) }, path, { form: "docker-archive" })
      await withImage(path, ({ declaration }) => {
        assert.equal(declaration?.user, user)
        assert.deepEqual(declaration.cmd, cmd)
      })
    }
  })

  it("is not written, and nothing is left behind, when its root filesystem is not the one that it names", async () => {
    const own = join(folder, "own")
    mkdirSync(own)
    const gear = await withImage(SMALL, (_, scan) => gearOf(scan.tree))
    const other = makeTar([{ path: "other" }])
    for (const form of EXPORT_FORMS) {
      await assert.rejects(
        exportImage({ gear, tar: pieces(other) }, join(own, "out"), { form }),
        (error) => isGeartrainError(error, "ROOT_DIGEST_MISMATCH") && error.hint !== undefined,
      )
      await assert.rejects(exportImage({ gear, tar: pieces(SMALL.subarray(0, 1000)) }, join(own, "out"), { form }), {
        code: "IMAGE_TRUNCATED",
      })
      assert.deepEqual(readdirSync(own), [])
    }
  })

  it("takes the place of a file, and of no folder that has something in it", async () => {
    const path = join(folder, "there")
    writeFileSync(path, "old")
    await exported(SMALL, path, { form: "tar" })
    assert.equal(await listingOf(path), await listingOf(SMALL))
    const full = join(folder, "full")
    mkdirSync(join(full, "something"), { recursive: true })
    await assert.rejects(exported(SMALL, full, { form: "oci-layout" }), { code: "OUTPUT_EXISTS" })
    await assert.rejects(exported(SMALL, path, { form: "oci-layout" }), { code: "OUTPUT_EXISTS" })
    mkdirSync(join(folder, "free"))
    await exported(SMALL, join(folder, "free"), { form: "oci-layout" })
  })

  it("ends when it is cancelled", async () => {
    const cancel = new AbortController()
    cancel.abort(new RangeError("enough"))
    const gear = await withImage(SMALL, (_, scan) => gearOf(scan.tree))
    const path = join(folder, "cancelled")
    await assert.rejects(
      exportImage({ gear, tar: pieces(SMALL) }, path, { form: "tar", signal: cancel.signal }),
      RangeError,
    )
  })
})

describe("An exported gear, read by others", {
  skip: missing("root", "tar", "setfacl", "setfattr", "setcap", "skopeo", "umoci", "buildah"),
}, () => {
  const folder = temporaryFolder({ after })
  let tar = Buffer.alloc(0)
  let gear: Gear
  let listing = ""

  before(async () => {
    const tree = join(folder, "tree")
    mkdirSync(tree)
    makeFullTree(tree)
    tar = Buffer.from(await withImage(tree, (image, scan) => bytesOf(image.tar(scan))))
    listing = await listingOf(tree)
    for (const form of EXPORT_FORMS) gear = await exported(tar, join(folder, form), { form })
  })

  it("is the tree that it was, in every form, with all that its files have", async () => {
    for (const form of EXPORT_FORMS) {
      await withImage(join(folder, form), async (_, scan) => {
        assert.equal(scan.tree, gear.tree, form)
        assert.equal(gearId({ platform: "linux/amd64", tree: scan.tree, manifest: MANIFEST }, sha256), gear.id)
      })
    }
    assert.equal(await listingOf(join(folder, "tar")), listing)
  })

  it("is unpacked by umoci to the tree that it was", async () => {
    const unpacked = join(folder, "umoci")
    run(["umoci", "unpack", "--image", `${join(folder, "oci-layout")}:tricky-gear:1.0.0-b-2`, unpacked])
    assert.equal(await listingOf(join(unpacked, "rootfs")), listing)
  })

  it("is copied by skopeo from every form to every other", async () => {
    const sources = [
      `docker-archive:${join(folder, "docker-archive")}`,
      `oci-archive:${join(folder, "oci-archive")}`,
      `oci:${join(folder, "oci-layout")}`,
    ]
    for (const [number, source] of sources.entries()) {
      for (const target of ["oci", "docker-archive", "oci-archive", "dir"]) {
        const path = join(folder, `copy-${number}-${target}`)
        run(["skopeo", "copy", "--quiet", source, `${target}:${path}`])
        await withImage(path, (_, scan) => assert.equal(scan.tree, gear.tree, `${source} to ${target}`))
      }
    }
  })

  it("is mounted by buildah as the tree that it was, but for times before 1970 and access lists, which it does not unpack", async () => {
    const storage = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"]
    const buildah = (...args: readonly string[]): string =>
      run(["buildah", ...storage, ...args])
        .toString()
        .trim()
    const container = buildah("from", `docker-archive:${join(folder, "docker-archive")}`)
    const mounted = await listingOf(buildah("mount", container))
    const plain = (text: string): string =>
      text.replace(/^.*"times\/before".*\n/m, "").replaceAll(/,\{"system.posix_acl[^}]*\}/g, "")
    assert.equal(plain(mounted), plain(listing))
    assert.match(
      buildah("inspect", "--format", "{{.OCIv1.Config.WorkingDir}} {{.OCIv1.Config.Env}}", container),
      /^\/flywheel\/v0 \[PATH=\/opt\/bin:\/bin LEVEL=full\]$/,
    )
    buildah("rm", "--all")
  })

  it("is read by squashfs-tools-ng to the names that it has", { skip: missing("tar2sqfs", "rdsquashfs") }, () => {
    const squashed = join(folder, "root.sqfs")
    run(["tar2sqfs", "--quiet", squashed], { input: tar })
    const names = run(["rdsquashfs", "--describe", squashed]).toString()
    assert.match(names, /nod "?special-disk"? 0644 0 0 b 259 70000/)
    assert.match(names, /dir "?bits\/sticky"? 01777 0 0/)
    assert.match(names, /ünï-中文-🙂/)
  })
})
