import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { openImage } from "../../src/images/index.ts"
import { openStore } from "../../src/stores/filesystem/open-store.ts"
import { makeSampleTree } from "./sample-tree.ts"

const needed = ["sqfs2tar", "setfattr", "getfattr"].find((program) => !existsSync(`/usr/bin/${program}`))
const skip = process.getuid?.() !== 0 ? "needs root" : needed === undefined ? false : `needs ${needed}`

for (const beyondSquashfs of [false, true]) {
  for (const form of ["squashfs", "tree"] as const) {
    const what = beyondSquashfs ? "with access lists and old times" : "with links, devices and holes"
    test(`an image ${what}, stored as ${form} and read again, is the same tree`, { skip }, async (context) => {
      const folder = await temporaryFolder(context)
      const sample = await makeSampleTree(folder, { beyondSquashfs })
      const opening = { temporaryFolder: join(folder, "spool") }
      await mkdir(opening.temporaryFolder)
      const image = await openImage(sample.tarFile, opening)
      const scan = await image.scan()
      assert.equal(scan.tree, sample.tree)
      const { roots } = await openStore(join(folder, "home"), { form })
      const stored = await roots.put(scan.tree, { tar: image.tar(scan), listing: scan.listing() })
      assert.equal(stored.form, beyondSquashfs ? "tree" : form)
      assert.deepEqual(await roots.check(scan.tree), [])
      await writeFile(join(folder, "again.tar"), roots.read(scan.tree))
      const again = await openImage(join(folder, "again.tar"), opening)
      assert.equal((await again.scan()).tree, scan.tree)
      await again.close()
      await image.close()
    })
  }
}

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-identity-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
