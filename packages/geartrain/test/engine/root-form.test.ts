import assert from "node:assert/strict"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { after, test } from "node:test"
import { tryProviders } from "../../src/compose/machine/choose-provider.ts"
import type { KnownProviders } from "../../src/compose/machine/known-providers.ts"
import { busyboxMissing } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"

const skip = busyboxMissing() ?? false
const homes: EngineHome[] = []
after(async () => {
  for (const home of homes) await home.close()
})

async function homeWith(change: (found: KnownProviders) => KnownProviders): Promise<EngineHome> {
  const home = await openEngineHome()
  homes.push(home)
  // The engine has the folder for its cache, and has not looked into it yet.
  const cache = join(home.folder, "cache/geartrain")
  const found = await tryProviders({ cache })
  const path = join(cache, "providers.json")
  const known = JSON.parse(await readFile(path, "utf8")) as object
  await writeFile(path, JSON.stringify({ ...known, providers: change(found) }))
  return home
}

test("where trying showed that squashfs cannot be mounted, root filesystems are kept unpacked, and run", {
  skip,
}, async () => {
  const home = await homeWith((found) =>
    Object.fromEntries(
      Object.entries(found).map(([name, known]) => [
        name,
        known.works ? { ...known, capabilities: { ...known.capabilities, roots: ["tree"] } } : known,
      ]),
    ),
  )
  const record = await home.run({ command: "echo out > output/x" })
  assert.equal(record.state, "complete", record.failure?.message)
  assert.equal((await home.engine.roots.stat(record.gear.tree))?.form, "tree")
})

test("where no provider works, a gear is taken in all the same, in the form that every machine can mount", {
  skip,
}, async () => {
  const home = await homeWith((found) =>
    Object.fromEntries(
      Object.keys(found).map((name) => [name, { works: false, refused: `no ${name} here`, mend: "gear doctor" }]),
    ),
  )
  await assert.rejects(home.run({ command: "true" }), /no provider works\. no crun here; /)
  const [gear] = await home.engine.gears.listGears()
  assert.ok(gear)
  assert.equal((await home.engine.roots.stat(gear.tree))?.form, "tree")
})
