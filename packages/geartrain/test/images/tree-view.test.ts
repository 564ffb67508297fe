import assert from "node:assert/strict"
import { before, test } from "node:test"
import type { TreeView } from "@geartrain/ports"
import { makeTar } from "./support/make-tar.ts"
import { withImage } from "./support/read-image.ts"

const TREE = makeTar([
  { path: "bin", type: "link", target: "usr/bin/" },
  { path: "usr/bin", type: "folder" },
  { path: "usr/bin/tool", mode: 0o755, uid: 7, body: `#!/bin/sh\n${"x".repeat(1000)}` },
  { path: "usr/bin/marked", body: "\ufeff#!/bin/sh\n" },
  { path: "usr/bin/plain", body: "no script" },
  { path: "usr/bin/twin", type: "hard-link", target: "usr/bin/tool" },
  { path: "opt/up", type: "link", target: "../../../usr/bin/tool" },
  { path: "opt/loop", type: "link", target: "loop" },
  { path: "flywheel/v0/data", body: "anything" },
  { path: "flywheel/v0/empty", body: "" },
])

let view: TreeView
let bare: TreeView
before(async () => {
  view = await withImage(TREE, async (image) => (await image.scan({ keepHeads: true })).view())
  bare = await withImage(TREE, (_, scan) => scan.view())
})

test("a path leads where a process in the tree would come to", () => {
  const found = view.find("/bin/tool")
  assert.deepEqual([found?.path, found?.type, found?.mode, found?.uid], ["usr/bin/tool", "file", 0o755, 7])
  assert.equal(view.find("opt/up")?.path, "usr/bin/tool")
  assert.deepEqual([view.find("/bin")?.path, view.find("bin/")?.type], ["usr/bin", "folder"])
  for (const path of ["opt/loop", "usr/bin/none", "usr/bin/tool/x", "/bin/../none"])
    assert.equal(view.find(path), undefined, path)
})

test("how scripts begin is kept, and everything of the gear's own folder, but no more of it", () => {
  const head = (path: string): string | undefined => {
    const bytes = view.head(path)
    return bytes === undefined ? undefined : Buffer.from(bytes).toString()
  }
  assert.equal(head("/bin/tool"), `#!/bin/sh\n${"x".repeat(246)}`)
  assert.equal(head("usr/bin/twin"), head("usr/bin/tool"))
  assert.equal(head("usr/bin/marked"), "\ufeff#!/bin/sh\n")
  assert.equal(head("usr/bin/plain"), undefined)
  assert.deepEqual([head("flywheel/v0/data"), head("flywheel/v0/empty")], ["anything", ""])
  assert.equal(head("usr/bin"), undefined)
})

test("who does not ask for them has no heads, and all else the same", () => {
  assert.equal(bare.head("usr/bin/tool"), undefined)
  assert.deepEqual([...bare.entries()], [...view.entries()])
  assert.ok([...view.entries()].some(({ path, target }) => path === "bin" && target === "usr/bin/"))
})
