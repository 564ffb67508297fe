import assert from "node:assert/strict"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import type { Gear } from "@geartrain/spec"
import { type ExportTarget, exportGear } from "../../src/compose/gears/export-gear.ts"
import { openImageReference } from "../../src/compose/images/open-image.ts"
import { importGear } from "../../src/engine/gears/import-gear.ts"
import { runJob } from "../../src/engine/phases/run-job.ts"
import { readSettings } from "../../src/settings/read-settings.ts"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { type EngineHome, openEngineHome } from "../programs/engine-home.ts"
import { missing, run } from "./support/foreign.ts"

const READER = 1234
const PACKINGS: readonly ExportTarget["as"][] = ["tar", "docker-archive", "oci", "oci-archive", "dir"]
const COMMAND = `
  cat /data/listed > output/listed
  cat /data/plain > output/plain || echo denied > output/plain
  cat /data/folder/inside > output/inside
`

describe("A gear with access lists and attributes of users", {
  skip: missing("root", "setfacl", "getfacl", "setfattr", "tar") || (busyboxMissing() ?? false),
}, () => {
  let home: EngineHome
  let other: EngineHome
  let folder = ""
  let gear: Gear

  before(async () => {
    home = await openEngineHome()
    other = await openEngineHome()
    folder = makeBusyboxGear(join(home.folder, "listed"), {
      name: "listed",
      command: COMMAND,
      custom: { flywheel: { uid: READER, gid: READER } },
    })
    addLists(folder)
    gear = await taken(home, folder)
  })
  after(async () => {
    await home?.close()
    await other?.close()
  })

  it("is kept unpacked, since squashfs has no access lists", async () => {
    assert.equal((await home.engine.roots.stat(gear.tree))?.form, "tree")
  })

  it("is run with its lists in force: who is on them reads, and nobody else does", async () => {
    const job = await runJob({ gear, config: {}, files: {} }, home.engine)
    assert.equal(job.state, "complete", job.failure?.message)
    const read = await Promise.all(
      job.outputs.map(async ({ path, digest }) => {
        let text = ""
        for await (const piece of home.engine.blobs.get(digest)) text += Buffer.from(piece).toString()
        return [path, text.trim()]
      }),
    )
    assert.deepEqual(Object.fromEntries(read), { inside: "in a folder", listed: "for a reader", plain: "denied" })
  })

  for (const as of PACKINGS) {
    it(`is the same gear after an export as ${as}, with every list and attribute, and again from what that gave`, async () => {
      const path = join(home.folder, `exported-${as}`)
      await exportGear(gear, home.engine, { as, to: path })
      const again = await taken(other, path)
      assert.equal(again.id, gear.id)
      const unpacked = join(other.folder, `unpacked-${as}`)
      await exportGear(again, other.engine, { as: "dir", to: unpacked })
      assert.equal(lists(unpacked), lists(folder))
      assert.equal(attributes(unpacked), attributes(folder))
      assert.match(lists(unpacked), /user:1234:r--/)
      assert.match(attributes(unpacked), /user\.note="of a user"/)
    })
  }
})

function addLists(folder: string): void {
  const data = join(folder, "data")
  mkdirSync(join(data, "folder"), { recursive: true })
  chmodSync(data, 0o755)
  for (const [path, text] of [
    ["listed", "for a reader\n"],
    ["plain", "for root\n"],
    ["folder/inside", "in a folder\n"],
  ] as const) {
    writeFileSync(join(data, path), text)
    chmodSync(join(data, path), 0o600)
  }
  chmodSync(join(data, "folder"), 0o700)
  run(["setfacl", "-m", `u:${READER}:r`, join(data, "listed"), join(data, "folder/inside")])
  run(["setfacl", "-m", `u:${READER}:rx,g:77:---`, join(data, "folder")])
  run(["setfacl", "-d", "-m", `u:${READER}:rwx`, join(data, "folder")])
  run(["setfattr", "-n", "user.note", "-v", "of a user", join(data, "listed")])
  run(["setfattr", "-n", "user.bytes", "-v", "0x00ff0a", join(data, "folder")])
}

async function taken(home: EngineHome, reference: string): Promise<Gear> {
  const settings = readSettings({
    ...process.env,
    GEARTRAIN_HOME: join(home.folder, "home"),
    XDG_CACHE_HOME: join(home.folder, "cache"),
  })
  const image = await openImageReference(reference, settings, {})
  try {
    return (await importGear(image, home.engine)).gear
  } finally {
    await image.close()
  }
}

function lists(folder: string): string {
  return run(["getfacl", "--recursive", "--numeric", "data"], { cwd: folder }).toString()
}

function attributes(folder: string): string {
  return run(["getfattr", "--recursive", "--dump", "data"], { cwd: folder }).toString()
}
