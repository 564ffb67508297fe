import type { PublishedGear } from "../catalogue/artifact/gear-artifact.ts"
import { type ImportedGear, importGear } from "../engine/gears/import-gear.ts"
import type { Settings } from "../settings/settings.ts"
import { open, rm } from "../system/files.ts"
import type { OpenedCatalogue } from "./open-catalogue.ts"
import type { Engine } from "./open-engine.ts"
import { openImageReference } from "./open-image.ts"

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
  const path = await engine.stores.home.temporary()
  try {
    await download(path, catalogue.backend.readBlob(published.name, published.layer))
    const image = await openImageReference(path, settings)
    try {
      const reference = `${published.name}@${published.version}, ${catalogue.place}`
      const origin = { kind: "catalogue", reference, imageDigest: published.manifest.digest } as const
      const { gear: expected, platform } = published
      return await importGear({ ...image, origin }, engine, { expected, platform, force })
    } finally {
      await image.close()
    }
  } finally {
    await rm(path, { force: true })
  }
}

async function download(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx", 0o600)
  try {
    for await (const piece of source) await file.writeFile(piece)
  } finally {
    await file.close()
  }
}
