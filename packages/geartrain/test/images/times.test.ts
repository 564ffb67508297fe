import assert from "node:assert/strict"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { missing, run, sh } from "./support/foreign.ts"
import { bytesOf, listingOf, withImage } from "./support/read-image.ts"
import { temporaryFolder } from "./support/temporary-folder.ts"

/** Seconds since 1970 that the files of the tree have, and the whole seconds that count of them. */
const TIMES = {
  whole: [1_600_000_000, 1_600_000_000],
  below: [1_600_000_000.25, 1_600_000_000],
  half: [1_600_000_000.5, 1_600_000_000],
  above: [1_600_000_000.75, 1_600_000_000],
  "last-moment": [1_600_000_000.999, 1_600_000_000],
  first: [0, 0],
  "before-1970": [-0.25, -1],
  "before-1970-whole": [-2, -2],
} as const

function timesIn(listing: string): Readonly<Record<string, unknown>> {
  const lines = listing.trimEnd().split("\n").slice(1)
  const files = lines.map((line) => JSON.parse(line) as unknown[]).filter(([, type]) => type === "f")
  return Object.fromEntries(files.map(([path, , , , , , , mtime]) => [path, mtime]))
}

const EXPECTED = Object.fromEntries(Object.entries(TIMES).map(([name, [, counted]]) => [name, counted]))

function makeTree(root: string, names: readonly (keyof typeof TIMES)[]): void {
  mkdirSync(root)
  for (const name of names) {
    writeFileSync(join(root, name), "x")
    const [seconds] = TIMES[name]
    // Node sets times before 1970 to the present.
    run(["touch", "--date", `@${seconds}`, join(root, name)])
  }
}

describe("times of files, whole seconds with what is below cut off", { skip: missing("tar", "touch") }, () => {
  const folder = temporaryFolder({ after })
  const tree = join(folder, "tree")

  before(() => makeTree(tree, Object.keys(TIMES) as (keyof typeof TIMES)[]))

  it("a folder has the second that each file's time lies in, before 1970 the earlier one", async () => {
    assert.deepEqual(timesIn(await listingOf(tree)), EXPECTED)
  })

  it("a tar that keeps fractions and one that has whole seconds only give the tree of the folder", async () => {
    const expected = await listingOf(tree)
    for (const format of ["pax", "gnu"]) {
      const archive = join(folder, `${format}.tar`)
      run(["tar", "--create", `--format=${format}`, "--directory", tree, "--file", archive, "."])
      assert.equal(await listingOf(archive), expected, format)
    }
  })

  it("what is written anew has no fractions left, and is the same tree", async () => {
    const rewritten = await withImage(tree, (image, scan) => bytesOf(image.tar(scan)))
    assert.deepEqual(timesIn(await listingOf(rewritten)), EXPECTED)
  })
})

describe("times in what Go's tar writer packs", { skip: missing("root", "umoci", "buildah") }, () => {
  const removals: (() => void)[] = []
  const folder = temporaryFolder({ after: (remove) => removals.push(remove) })
  const tree = join(folder, "tree")
  const names = ["whole", "below", "half", "above", "last-moment", "first"] as const
  const storage = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"]

  before(() => makeTree(tree, names))

  after(() => {
    run(["buildah", ...storage, "rm", "--all"])
    run(["buildah", ...storage, "rmi", "--all", "--force"])
    sh(`umount ${join(folder, "root", "vfs")} 2>/dev/null || true`)
    // Last of all: buildah makes its storage again to look for what it should remove.
    for (const remove of removals) remove()
  })

  const packWithUmoci = (name: string): string => {
    const layout = join(folder, name)
    run(["umoci", "init", "--layout", layout])
    run(["umoci", "new", "--image", `${layout}:it`])
    run(["umoci", "unpack", "--image", `${layout}:it`, `${layout}-bundle`])
    run(["cp", "-a", `${tree}/.`, `${layout}-bundle/rootfs/`])
    run(["umoci", "repack", "--image", `${layout}:it`, `${layout}-bundle`])
    return layout
  }

  const packWithBuildah = (name: string): string => {
    const buildah = (...args: readonly string[]): string =>
      run(["buildah", ...storage, ...args])
        .toString()
        .trim()
    const container = buildah("from", "scratch")
    buildah("add", container, tree, "/")
    buildah("commit", "--quiet", container, `local/${name}`)
    const layout = join(folder, name)
    buildah("push", "--quiet", `local/${name}`, `oci:${layout}`)
    return layout
  }

  it("the id is of what was packed: a writer that rounds up has packed another file", async () => {
    const rounded = { whole: 0, below: 0, half: 1, above: 1, "last-moment": 1 }
    const expected = {
      first: 0,
      ...Object.fromEntries(Object.entries(rounded).map(([name, more]) => [name, 1_600_000_000 + more])),
    }
    assert.deepEqual(timesIn(await listingOf(packWithUmoci("umoci-fractions"))), expected)
    assert.deepEqual(timesIn(await listingOf(packWithBuildah("buildah-fractions"))), expected)
  })

  it("with times of whole seconds in the folder all packers give one tree, as the specification advises", async () => {
    sh('find . -type f -exec sh -c \'for f; do touch -d "@$(stat -c %Y "$f")" "$f"; done\' sh {} +', { cwd: tree })
    const expected = await listingOf(tree)
    assert.equal(await listingOf(packWithUmoci("umoci-whole")), expected)
    assert.equal(await listingOf(packWithBuildah("buildah-whole")), expected)
  })
})
