import assert from "node:assert/strict"
import { test } from "node:test"
import type { RootFilesystem } from "@geartrain/ports"
import { isGeartrainError, type TreeDigest } from "@geartrain/spec"
import { digest, gear } from "../../../test/stores/records/sample-records.ts"
import { rootOf } from "./root-of.ts"

const ROOT = { tree: gear(1).tree, path: "/roots/1" } as unknown as RootFilesystem

/** What is asked for when a store has these roots. */
function portsOf(stored: readonly TreeDigest[]) {
  const asked: TreeDigest[] = []
  const stat = async (tree: TreeDigest) => {
    asked.push(tree)
    return stored.includes(tree) ? ROOT : undefined
  }
  return { asked, ports: { roots: { stat } } as unknown as Parameters<typeof rootOf>[1] }
}

test("a job runs on the root filesystem that its gear names by content", async () => {
  const { asked, ports } = portsOf([gear(1).tree])
  assert.equal(await rootOf({ gear: gear(1) }, ports), ROOT)
  assert.deepEqual(asked, [gear(1).tree])
})

test("a gear that is a folder runs on that folder, whatever is stored", async () => {
  const { asked, ports } = portsOf([gear(1).tree])
  const root = { tree: digest(9), path: "/work" } as unknown as RootFilesystem
  const development = { root } as unknown as NonNullable<Parameters<typeof rootOf>[0]["development"]>
  assert.equal(await rootOf({ gear: gear(1), development }, ports), root)
  assert.deepEqual(asked, [])
})

test("a gear whose bytes are gone is refused with where it came from", async () => {
  await assert.rejects(rootOf({ gear: gear(1) }, portsOf([]).ports), (error) => {
    assert.ok(isGeartrainError(error, "ROOT_NOT_FOUND"), String(error))
    assert.match(error.message, /^Cannot run gear "gear-1": its root filesystem is not stored$/)
    assert.deepEqual(
      [error.details, error.hint],
      [{ tree: gear(1).tree }, "Import it again: gear import /data/gear.tar"],
    )
    return true
  })
})
