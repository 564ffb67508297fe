import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cp } from "node:fs/promises"
import { join } from "node:path"
import { test } from "node:test"
import type { TreeDigest } from "@geartrain/spec"
import { openBundle } from "../../../src/publishing/bundle/read/open-bundle.ts"
import { openStoreHome } from "../../../src/stores/filesystem/home/store-home.ts"
import { openRootStore } from "../../../src/stores/filesystem/roots/root-store.ts"
import { openCliHome } from "../../cli/cli-home.ts"
import { busyboxMissing } from "../../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? (isThere("zstd") ? false : "needs zstd")

function isThere(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

test("bundles of one job from two homes, of which one keeps roots packed and the other as trees, unpack to the same", {
  skip,
}, async (context) => {
  const home = await openCliHome()
  context.after(() => home.close())
  await home.import({ name: "upper", command: "tr a-z A-Z < input/text/in.txt > output/out.txt", inputs: TEXT })
  await home.write("in.txt", "some text\n")
  const job = await home.run("upper", "--text", "in.txt", "-o", "out")
  const { tree } = job.gear
  const here = join(home.folder, "store")
  const there = join(home.folder, "other-store")
  await cp(here, there, { recursive: true, verbatimSymlinks: true })
  const form = await keepOtherwise(tree, here, there)
  if (form !== "squashfs") return context.skip("needs a machine that keeps roots as squashfs")

  const unpacked: string[] = []
  const members: unknown[] = []
  for (const [name, GEARTRAIN_HOME] of Object.entries({ "here.gtz": here, "there.gtz": there })) {
    const packed = await home.gear(["bundle", job.id, "-o", name], { env: { GEARTRAIN_HOME } })
    assert.equal(packed.code, 0, packed.err)
    const file = join(home.folder, name)
    const tar = execFileSync("zstd", ["-dc", file], { maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "ignore"] })
    unpacked.push(createHash("sha256").update(tar).digest("hex"))
    const bundle = await openBundle(file)
    await bundle.close()
    members.push(bundle.index.members)
  }
  assert.deepEqual(members[0], members[1])
  assert.equal(unpacked[0], unpacked[1])
})

const TEXT = { text: { base: "file" } } as const

/** @returns in which form it is kept at the one place; at the other, it is a tree from now on. */
async function keepOtherwise(tree: TreeDigest, here: string, there: string): Promise<string | undefined> {
  const source = openRootStore(await openStoreHome(here))
  const target = openRootStore(await openStoreHome(there), { form: "tree" })
  await target.remove(tree)
  const root = await source.stat(tree)
  const stored = await target.put(tree, { tar: source.read(tree), listing: listingOf(root?.path ?? "") })
  assert.equal(stored.form, "tree")
  return root?.form
}

async function* listingOf(root: string): AsyncGenerator<Uint8Array> {
  yield execFileSync("cat", [join(root, "..", "listing")])
}
