import assert from "node:assert/strict"
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { gzipSync } from "node:zlib"
import { missing, run, sh } from "./support/foreign.ts"
import { listingOf, refusal, scanImage, withImage } from "./support/read-image.ts"
import { temporaryFolder } from "./support/temporary-folder.ts"
import { addWideFields, makePlainTree } from "./support/tricky-tree.ts"

/** Changes a tree as a second layer would: takes files and folders away, and puts other things in their place. */
function changeTree(root: string): void {
  sh(
    `rm -r owned empty/folder
     rm links/one bits/none
     rm bin && mkdir bin && echo new > bin/tool
     rm -r names && echo "no folder any more" > names
     rm a-third && mkdir a-third && echo x > a-third/inside
     rm -r order && mkdir order && echo only > order/this
     echo more >> data/large
     chmod 4711 flywheel/v0/run && chown 7:8 special-pipe
     ln links/two links/new-name
     mkdir -p deep/er/est && echo y > deep/er/est/file`,
    { cwd: root },
  )
}

describe("skopeo, umoci and buildah as packers", {
  skip: missing("root", "skopeo", "umoci", "buildah", "setfattr", "setcap"),
}, () => {
  const folder = temporaryFolder({ after })
  const tree = join(folder, "tree")
  /** Without a hard link to a link, which buildah makes a hard link to the file behind it. */
  const kept = join(folder, "kept")
  let listing = ""

  before(async () => {
    mkdirSync(tree)
    makePlainTree(tree)
    addWideFields(tree)
    // Both are written in Go, whose tar writer rounds times to the nearest second unless it is told otherwise, while GNU tar, docker and
    // containerd cut the fraction off; and buildah brings times before 1970 to 1970. So these files are other files for them.
    rmSync(join(tree, "times"), { recursive: true })
    listing = await listingOf(tree)
    run(["cp", "-a", tree, kept])
    rmSync(join(kept, "links/hard-to-soft"))
    const archive = join(folder, "tree.tar")
    run([
      "tar",
      "--create",
      "--format=pax",
      "--xattrs",
      "--xattrs-include=*",
      "--directory",
      kept,
      "--file",
      archive,
      ".",
    ])
  })

  describe("umoci", () => {
    const layout = join(folder, "umoci")
    const bundle = join(folder, "bundle")
    const changed = join(folder, "changed")

    before(() => {
      run(["umoci", "init", "--layout", layout])
      run(["umoci", "new", "--image", `${layout}:empty`])
      run(["umoci", "unpack", "--image", `${layout}:empty`, bundle])
      run(["cp", "-a", `${tree}/.`, `${bundle}/rootfs/`])
      run(["umoci", "repack", "--image", `${layout}:one`, bundle])
      run(["umoci", "unpack", "--image", `${layout}:one`, changed])
      changeTree(join(changed, "rootfs"))
      // Go rounds times to the nearest second where everybody else cuts them off: what was just written gets whole seconds.
      run([
        "find",
        join(changed, "rootfs"),
        "-newermt",
        "@1700000000",
        "-exec",
        "touch",
        "-h",
        "-d",
        "@1750000000",
        "{}",
        "+",
      ])
      run(["umoci", "repack", "--image", `${layout}:two`, changed])
      run([
        "umoci",
        "config",
        "--image",
        `${layout}:two`,
        "--config.env",
        "LEVEL=two",
        "--config.user",
        "9:9",
        "--config.workingdir",
        "/srv",
        "--config.entrypoint",
        "/bin/tool",
        "--config.cmd",
        "go",
        "--config.label",
        "a=b",
      ])
    })

    it("one layer gives the tree that the folder has", async () => {
      assert.equal(await listingOf(layout, { name: "one" }), listing)
    })

    it("a second layer takes away, replaces and adds as umoci's own unpacking does", async () => {
      const expected = await listingOf(join(changed, "rootfs"))
      assert.notEqual(expected, listing)
      assert.equal(await listingOf(layout, { name: "two" }), expected)
      const unpacked = join(folder, "unpacked-two")
      run(["umoci", "unpack", "--image", `${layout}:two`, unpacked])
      assert.equal(await listingOf(join(unpacked, "rootfs")), expected)
    })

    it("what the image declares is told", async () => {
      await withImage(
        layout,
        ({ origin, declaration, platform }, scan) => {
          assert.equal(origin.kind, "oci-layout")
          assert.match(origin.imageDigest ?? "", /^sha256:[0-9a-f]{64}$/)
          assert.deepEqual(declaration?.entrypoint, ["/bin/tool"])
          assert.deepEqual(declaration.cmd, ["go"])
          assert.equal(declaration.user, "9:9")
          assert.equal(declaration.workdir, "/srv")
          assert.ok(declaration.env.includes("LEVEL=two"))
          assert.deepEqual(declaration.labels, { a: "b" })
          assert.match(platform ?? "", /^linux\//)
          assert.match(scan.platform ?? "", /^linux\//)
        },
        { name: "two" },
      )
    })

    it("a layout with several images asks which, and one with a wrong name says which there are", async () => {
      const ambiguous = await refusal(layout)
      assert.equal(ambiguous.code, "IMAGE_AMBIGUOUS")
      assert.match(ambiguous.hint ?? "", /empty, one, two/)
      const unknown = await refusal(layout, { name: "three" })
      assert.equal(unknown.code, "IMAGE_NOT_FOUND")
      assert.match(unknown.hint ?? "", /empty, one, two/)
    })

    it("skopeo's copies in every form are the same tree", async () => {
      const expected = await listingOf(layout, { name: "two" })
      const copies = {
        "docker-archive.tar": "docker-archive:docker-archive.tar:lab/tool:2",
        "oci-archive.tar": "oci-archive:oci-archive.tar:two",
        "oci-folder": "oci:oci-folder:two",
        dir: "dir:dir",
      }
      for (const [path, target] of Object.entries(copies)) {
        run(["skopeo", "copy", "--quiet", `oci:${layout}:two`, target], { cwd: folder })
        assert.equal(await listingOf(join(folder, path)), expected, path)
      }
      const kinds = ["docker-archive.tar", "oci-archive.tar", "oci-folder", "dir"].map((path) =>
        withImage(join(folder, path), ({ origin }) => origin.kind),
      )
      assert.deepEqual(await Promise.all(kinds), ["docker-archive", "oci-archive", "oci-layout", "oci-layout"])
      for (const archive of ["docker-archive.tar", "oci-archive.tar"]) {
        const bytes = readFileSync(join(folder, archive))
        assert.equal(await listingOf(bytes), expected, `${archive} from standard input`)
        assert.equal(await listingOf(gzipSync(bytes)), expected, `${archive}, compressed, from standard input`)
        writeFileSync(join(folder, "packed.tar.gz"), gzipSync(bytes))
        assert.equal(await listingOf(join(folder, "packed.tar.gz")), expected, `${archive}, compressed`)
      }
    })

    it("layers that are compressed with zstd, or not at all, are the same tree", async () => {
      const expected = await listingOf(layout, { name: "two" })
      for (const format of ["zstd", "gzip"]) {
        run(
          [
            "skopeo",
            "copy",
            "--quiet",
            "--dest-compress",
            "--dest-compress-format",
            format,
            `oci:${layout}:two`,
            `dir:${format}`,
          ],
          { cwd: folder },
        )
        run(
          ["skopeo", "copy", "--quiet", "--dest-oci-accept-uncompressed-layers", `dir:${format}`, `oci:${format}-oci`],
          { cwd: folder },
        )
        assert.equal(await listingOf(join(folder, format)), expected, format)
        assert.equal(await listingOf(join(folder, `${format}-oci`)), expected, format)
      }
      run(["skopeo", "copy", "--quiet", "--dest-decompress", `oci:${layout}:two`, "dir:plain"], { cwd: folder })
      assert.equal(await listingOf(join(folder, "plain")), expected)
    })
  })

  for (const driver of ["overlay", "vfs"]) {
    describe(`buildah with ${driver}`, () => {
      const storage = [
        "--root",
        join(folder, `${driver}-root`),
        "--runroot",
        join(folder, `${driver}-run`),
        "--storage-driver",
        driver,
      ]
      const buildah = (...args: readonly string[]): string =>
        run(["buildah", ...storage, ...args])
          .toString()
          .trim()
      let container = ""

      before(() => {
        container = buildah("from", "scratch")
        buildah("add", container, join(folder, "tree.tar"), "/")
        buildah("commit", "--quiet", container, "local/one")
      })

      after(() => {
        buildah("rm", "--all")
        buildah("rmi", "--all", "--force")
        // The driver leaves its own folder mounted.
        sh(`umount ${join(folder, `${driver}-root`, driver)} 2>/dev/null || true`)
      })

      const save = (image: string, target: string): string => {
        const path = join(folder, `${driver}-${target}`)
        buildah(
          "push",
          "--quiet",
          image,
          target.endsWith("docker") ? `docker-archive:${path}:${image}:latest` : `oci:${path}`,
        )
        return path
      }

      it("an archive that was added is the tree that the folder has", async () => {
        assert.equal(await listingOf(save("local/one", "one")), await listingOf(kept))
      })

      it("a layer with whiteouts is the tree that its own mount shows", async () => {
        const second = buildah("from", "local/one")
        const mounted = buildah("mount", second)
        changeTree(mounted)
        const expected = await listingOf(mounted)
        buildah("umount", second)
        buildah("commit", "--quiet", second, "local/two")
        const third = buildah("from", "local/two")
        const again = buildah("mount", third)
        assert.equal(await listingOf(again), expected, "buildah itself")
        sh("rm -r order bin && mkdir order && echo z > order/z", { cwd: again })
        const last = await listingOf(again)
        buildah("umount", third)
        buildah("commit", "--quiet", third, "local/three")
        for (const target of ["oci", "docker"]) {
          assert.equal(await listingOf(save("local/two", `two-${target}`)), expected, target)
          assert.equal(await listingOf(save("local/three", `three-${target}`)), last, target)
        }
      })

      it("a layer that a command made in a container is read, with what the runtime left in it not counted", {
        skip: missing("busybox"),
      }, async () => {
        const box = join(folder, `${driver}-box`)
        mkdirSync(join(box, "bin"), { recursive: true })
        run(["cp", "/bin/busybox", join(box, "bin/busybox")])
        sh("ln -s busybox sh; ln -s busybox rm; ln -s busybox mkdir; ln -s busybox touch", { cwd: join(box, "bin") })
        mkdirSync(join(box, "old/er"), { recursive: true })
        writeFileSync(join(box, "old/er/file"), "x")
        const working = buildah("from", "scratch")
        buildah("add", working, box, "/")
        buildah("run", "--isolation", "chroot", working, "/bin/sh", "-c", "rm -r /old && mkdir /old && touch /old/new")
        buildah("commit", "--quiet", working, "local/run")
        const scan = await scanImage(save("local/run", "run"))
        const paths = Array.from(scan.treeEntries(), ({ path }) => path)
        assert.ok(paths.includes("old/new"))
        assert.ok(!paths.includes("old/er"))
        assert.ok(!paths.includes("etc/hosts"))
        assert.match(scan.platform ?? "", /^linux\//)
      })
    })
  }

  it("nothing of the test is left mounted", () => {
    assert.ok(!readFileSync("/proc/self/mountinfo", "utf8").includes(`${folder}/vfs`))
    assert.ok(readdirSync(folder).length > 0)
    rmSync(join(folder, "dir"), { recursive: true })
  })
})
