import assert from "node:assert/strict"
import { test } from "node:test"
import { type Gear, isGeartrainError } from "@geartrain/spec"
import { gear } from "../../../test/stores/records/sample-records.ts"
import { gearReference, resolveGear } from "./resolve-gear.ts"

function named(number: number, name: string, more: Partial<Gear> & { version?: string } = {}): Gear {
  const { version = "1.0.0", ...changes } = more
  const sample = gear(number, changes)
  return { ...sample, manifest: { ...sample.manifest, name, version } }
}

/** A store that finds gears by reference, id and name, as records do. */
function resolve(reference: string, ...gears: readonly Gear[]): Promise<Gear> {
  const matches = (each: Gear): boolean =>
    gearReference(each) === reference || (reference.length >= 8 && each.id.startsWith(`sha256:${reference}`))
  const imported = gears.toSorted((a, b) => (a.imported < b.imported ? -1 : 1))
  const store = {
    findGears: async () => gears.filter(matches),
    newestGear: async (name: string) => imported.findLast(({ manifest }) => manifest.name === name),
    listGears: async () => gears,
  }
  return resolveGear(reference, { gears: store as unknown as Parameters<typeof resolveGear>[1]["gears"] })
}

const BET = named(1, "fsl-bet", { imported: "2026-01-01T00:00:00.000Z" })
const NEWER = named(2, "fsl-bet", { imported: "2026-02-01T00:00:00.000Z", version: "0.9.0" })

test("a name alone is the gear of that name that was imported last, whatever its version", async () => {
  assert.equal((await resolve("fsl-bet", BET, NEWER)).id, NEWER.id)
  assert.equal((await resolve("fsl-bet", NEWER, BET)).id, NEWER.id)
  assert.equal((await resolve("fsl-bet@1.0.0", BET, NEWER)).id, BET.id)
})

test("digits that several ids begin with are refused with the candidates", async () => {
  await assert.rejects(resolve("00000000", BET, NEWER), (error) => {
    assert.ok(isGeartrainError(error, "GEAR_AMBIGUOUS"))
    assert.equal((error.details["candidates"] as readonly string[]).length, 2)
    return true
  })
})

test("a name that is not stored is told with those that are like it, once each, else with the first", async () => {
  const message = async (reference: string, ...gears: readonly Gear[]): Promise<string> => {
    const error: unknown = await resolve(reference, ...gears).catch((thrown: unknown) => thrown)
    assert.ok(isGeartrainError(error, "GEAR_NOT_FOUND"))
    return error.message
  }
  const others = [BET, BET, named(3, "mriqc"), named(4, "fslmaths")]
  assert.match(await message("fsl-flirt", ...others), /stored are fsl-bet@1\.0\.0, fslmaths@1\.0\.0$/)
  assert.match(await message("bet", ...others), /stored are fsl-bet@1\.0\.0$/)
  assert.match(await message("zzz", ...others), /stored are fsl-bet@1\.0\.0, fslmaths@1\.0\.0, mriqc@1\.0\.0$/)
  assert.match(await message("zzz"), /no gear is stored$/)
})
