import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearManifest } from "@geartrain/spec"
import { type MemoryTree, memoryTree } from "../../../../../test/author/lint/memory-tree.ts"
import { TREE_RULES } from "./tree-rules.ts"

function check(id: string, tree: MemoryTree, flywheel: object = {}) {
  const manifest = { config: {}, inputs: {}, custom: { flywheel } } as unknown as GearManifest
  return (
    TREE_RULES.find((rule) => rule.id === `image/${id}`)?.check({ tree: memoryTree(tree), scope: "image", manifest }) ??
    []
  )
}

function files(id: string, tree: MemoryTree, flywheel?: object): readonly string[] {
  return check(id, tree, flywheel).map(({ file }) => file)
}

test("root-only: a file has to be readable, a folder to be entered as well", () => {
  const folder = (mode: number): MemoryTree => ({ "opt/d": { type: "folder", mode } })
  for (const mode of [0o750, 0o754, 0o751])
    assert.deepEqual(files("root-only", folder(mode)), ["/opt/d"], mode.toString(8))
  assert.deepEqual(files("root-only", folder(0o705)), [])
  assert.deepEqual(files("root-only", { "opt/f": { mode: 0o640 } }), ["/opt/f"])
  assert.deepEqual(files("root-only", { "opt/f": { mode: 0o604 }, "opt/l": { mode: 0, target: "f" } }), [])
})

test("root-only: of a closed folder the content is not named as well, but what lies beside it is", () => {
  const tree: MemoryTree = {
    "opt/d": { type: "folder", mode: 0o700 },
    "opt/d/a/b": { mode: 0o600 },
    "opt/d2": { mode: 0o600 },
  }
  const [found] = check("root-only", tree)
  assert.equal(found?.message, "2 files and folders may be read by their owner alone: /opt/d, /opt/d2")
})

test("root-only: what is the gear's own user's, or its group's, is open to the gear", () => {
  const user = { uid: 5, gid: 6 }
  assert.deepEqual(files("root-only", { "opt/f": { mode: 0o600, uid: 5 } }, user), [])
  assert.deepEqual(files("root-only", { "opt/f": { mode: 0o640, gid: 6 } }, user), [])
  assert.deepEqual(files("root-only", { "opt/f": { mode: 0o600, gid: 6 } }, user), ["/opt/f"])
  // Root in a cluster is nobody: what is root's is not open to a gear that runs as it.
  assert.deepEqual(files("root-only", { "opt/f": { mode: 0o600 } }), ["/opt/f"])
})

test("root-only: what is closed on every system is passed over, and nothing that only begins like it", () => {
  for (const path of ["etc/shadow", "var/lib/x", "root/x", "usr/bin/sudo", "usr/lib/ssl/private/k"])
    assert.deepEqual(files("root-only", { [path]: { mode: 0o600 } }), [], path)
  for (const path of ["etcetera/x", "opt/etc/shadow", "usr/bin/sudoku"])
    assert.deepEqual(files("root-only", { [path]: { mode: 0o600 } }), [`/${path}`], path)
})

test("root-tools: programs, libraries and links, and no caches or notes", () => {
  const found = check("root-tools", {
    "root/bin/tool": {},
    "root/lib/libx.so.1.2": { mode: 0o644 },
    "usr/bin/tool": { target: "/root/bin/tool" },
    "root/.cache/pip/x": {},
    "root/notes.txt": { mode: 0o644 },
    "usr/bin/other": { target: "/rootless/x" },
  })
  assert.deepEqual(found, [
    {
      file: "/root/bin/tool",
      message:
        "3 programs, libraries and links lie under /root or lead there: /root/bin/tool, /root/lib/libx.so.1.2, /usr/bin/tool",
      fix: "Install tools elsewhere, such as /opt, with a+rX",
    },
  ])
})

test("of very many it is told that they are, and the first are named", () => {
  const many = (count: number): MemoryTree =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`opt/${String(index).padStart(4, "0")}`, { mode: 0o600 }]),
    )
  assert.match(
    check("root-only", many(4))[0]?.message ?? "",
    /^4 files .*: \/opt\/0000, \/opt\/0001, \/opt\/0002 and 1 more$/,
  )
  assert.match(check("root-only", many(999))[0]?.message ?? "", /^999 files /)
  assert.match(check("root-only", many(1001))[0]?.message ?? "", /^1000 or more files .* and 997 more$/)
})

test("hidden: only what lies in the two folders that are emptied", () => {
  const tree: MemoryTree = {
    "flywheel/v0/input/x/a": {},
    "flywheel/v0/output/b": { target: "a" },
    "flywheel/v0/input/empty": { type: "folder" },
    "flywheel/v0/inputs/c": {},
    "opt/flywheel/v0/input/d": {},
  }
  const [found, ...others] = check("hidden", tree)
  assert.deepEqual(
    [others.length, found?.message],
    [0, "2 files are removed before the gear starts: /flywheel/v0/input/x/a, /flywheel/v0/output/b"],
  )
  const one = check("hidden", { "flywheel/v0/input/a": {} })
  assert.equal(one[0]?.message, "is removed before the gear starts")
})

test("secret-file: each is told by itself, up to ten, wherever it lies and by its whole name", () => {
  assert.deepEqual(files("secret-file", { "root/.ssh/id_rsa": {}, ".netrc": {}, "home/a/.aws/credentials": {} }), [
    "/.netrc",
    "/home/a/.aws/credentials",
    "/root/.ssh/id_rsa",
  ])
  for (const path of ["root/.ssh/id_rsa.pub", "root/my.netrc", "opt/aws/credentials", "root/.pypirc/x"])
    assert.deepEqual(files("secret-file", { [path]: {} }), [], path)
  assert.deepEqual(files("secret-file", { "root/.netrc": { target: "/dev/null" } }), [])
  const many = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`home/${index}/.netrc`, {}]))
  assert.equal(files("secret-file", many).length, 10)
})
