import assert from "node:assert/strict"
import { test } from "node:test"
import { compareTrees, type TreeListed } from "./compare-trees.ts"

async function* listed(
  ...entries: readonly (Partial<TreeListed> & { readonly path: string })[]
): AsyncGenerator<TreeListed> {
  for (const entry of entries) {
    yield { type: "f", hex: "00", mode: 0o644, uid: 0, gid: 0, mtimeS: 1, xattrs: {}, ...entry }
  }
}

test("entries that came, went and changed are told by their path, and how they changed", async () => {
  const comparison = await compareTrees(
    listed({ path: "a" }, { path: "b" }, { path: "c" }, { path: "d" }, { path: "e" }),
    listed(
      { path: "b", hex: "01" },
      { path: "c", mode: 0o755 },
      { path: "d", mtimeS: 2 },
      { path: "e" },
      { path: "f" },
    ),
  )
  assert.deepEqual(comparison.added, ["f"])
  assert.deepEqual(comparison.removed, ["a"])
  assert.deepEqual(comparison.changed, [
    { path: "b", what: "contents" },
    { path: "c", what: "permissions" },
    { path: "d", what: "time" },
  ])
})

test("a link with another target, and a file that became a folder, have other contents", async () => {
  const comparison = await compareTrees(
    listed({ path: "link", type: "l", target: "x" }, { path: "thing" }),
    listed({ path: "link", type: "l", target: "y" }, { path: "thing", type: "d" }),
  )
  assert.deepEqual(comparison.changed, [
    { path: "link", what: "contents" },
    { path: "thing", what: "contents" },
  ])
})

test("the same tree has no differences, and neither have two empty ones", async () => {
  const none = { added: [], removed: [], changed: [], packages: { added: [], removed: [], changed: [] } }
  assert.deepEqual(await compareTrees(listed({ path: "a" }), listed({ path: "a" })), none)
  assert.deepEqual(await compareTrees(listed(), listed()), none)
})

test("packages of Debian and of Python are told by the notes that their installers keep", async () => {
  const info = "var/lib/dpkg/info"
  const { packages } = await compareTrees(
    listed(
      { path: "opt/venv/lib/python3.11/site-packages/six-1.16.0.dist-info/METADATA" },
      { path: `${info}/libc6:amd64.list` },
      { path: `${info}/libc6:amd64.md5sums` },
      { path: `${info}/samtools.list` },
    ),
    listed(
      { path: "opt/venv/lib/python3.11/site-packages/six-1.17.0.dist-info/METADATA" },
      { path: "usr/lib/python3/dist-packages/numpy-1.24.2.dist-info/METADATA" },
      { path: `${info}/bowtie2.list` },
      { path: `${info}/libc6:amd64.list` },
      { path: `${info}/libc6:amd64.md5sums`, hex: "01" },
    ),
  )
  assert.deepEqual(packages, {
    added: ["bowtie2", "six-1.17.0"],
    removed: ["samtools", "six-1.16.0"],
    changed: ["libc6"],
  })
})
