import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { fileOfLink, findFolder, realPath } from "./real-path.ts"

const top = realpathSync(mkdtempSync(join(tmpdir(), "geartrain-links-")))
const root = join(top, "root")
mkdirSync(join(root, "folder"), { recursive: true })
mkdirSync(join(top, "root2"))
for (const path of ["root/file", "root2/file"]) writeFileSync(join(top, path), "")
after(() => rmSync(top, { recursive: true }))

function link(name: string, target: string): string {
  symlinkSync(target, join(root, name))
  return name
}

test("a link to a file in the folder is that file, and every other is told apart", async () => {
  assert.deepEqual(await fileOfLink(root, link("inside", "folder/../file")), { file: join(root, "file") })
  assert.equal(await fileOfLink(root, link("gone", "nowhere")), "nothing")
  assert.equal(await fileOfLink(root, link("circle", "circle")), "nothing")
  // A folder whose name begins as that of this one is another.
  for (const [name, target] of [
    ["out", "../root2/file"],
    ["dir", "folder"],
    ["self", "."],
  ] as const) {
    assert.equal(await fileOfLink(root, link(name, target)), "no-file-inside")
  }
})

test("a folder is found through links, and what is none is told", async () => {
  symlinkSync("root", join(top, "link"))
  assert.deepEqual(await findFolder(join(top, "link")), { root })
  assert.equal(await findFolder(join(root, "file")), "no-folder")
  assert.equal(await findFolder(join(root, "file/x")), "nothing")
  assert.equal(await realPath(join(root, "circle")), undefined)
})
