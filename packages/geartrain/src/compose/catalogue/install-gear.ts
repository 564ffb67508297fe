import {
  type ExpectedGear,
  type ImportedGear,
  importGear,
  refuseAnother,
  refuseMovedVersion,
} from "../../engine/gears/import-gear.ts"
import { gearReference } from "../../engine/gears/resolve-gear.ts"
import type { PublishedGear } from "../../publishing/catalogue/artifact/gear-artifact.ts"
import type { Settings } from "../../settings/settings.ts"
import { open, rm } from "../../system/files.ts"
import { openImageReference } from "../images/open-image.ts"
import type { Engine } from "../open-engine.ts"
import type { OpenedCatalogue } from "./open-catalogue.ts"

export interface InstallOptions {
  readonly settings: Pick<Settings, "cache">
  /** Import in spite of faults in the manifest, and move a name and version that another gear has here. */
  readonly force: boolean
}

/**
 * Takes a published gear in. What the catalogue says of it is believed of nothing: only a gear with the very id is stored.
 *
 * @throws {GeartrainError} CATALOGUE_DAMAGED when the bytes are another gear; GEAR_EXISTS; what the catalogue and the import throw.
 */
export async function installGear(
  published: PublishedGear,
  catalogue: OpenedCatalogue,
  target: { readonly engine: Engine } & InstallOptions,
): Promise<ImportedGear> {
  const { engine, settings, force } = target
  const expected = { id: published.gear, reference: `${published.name}@${published.version}` }
  const here = await findHere(expected, target)
  if (here !== undefined) return here
  const path = await engine.stores.home.temporary()
  try {
    await download(path, catalogue.backend.readBlob(published.name, published.layer))
    const image = await openImageReference(path, settings)
    try {
      const reference = `${expected.reference}, ${catalogue.place}`
      const origin = { kind: "catalogue", reference, imageDigest: published.manifest.digest } as const
      return await importGear({ ...image, origin }, engine, { expected, platform: published.platform, force })
    } finally {
      await image.close()
    }
  } finally {
    await rm(path, { force: true })
  }
}

/** A gear that is stored already is not read again: its id says that it is the same. */
async function findHere(
  expected: ExpectedGear,
  { engine, force }: { readonly engine: Engine; readonly force: boolean },
): Promise<ImportedGear | undefined> {
  const gear = await engine.gears.getGear(expected.id)
  if (gear === undefined || (await engine.roots.stat(gear.tree)) === undefined) return undefined
  const reference = gearReference(gear)
  refuseAnother({ id: gear.id, reference }, expected)
  await refuseMovedVersion(reference, { id: gear.id, force }, engine)
  await engine.gears.setReference(reference, gear.id)
  return { gear, isNew: false, reference, warnings: [] }
}

async function download(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx", 0o600)
  try {
    for await (const piece of source) await file.writeFile(piece)
  } finally {
    await file.close()
  }
}
