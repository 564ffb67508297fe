import { type Gear, type GearOrigin, GeartrainError } from "@geartrain/spec"
import type { ScannedImage } from "../../author/lint/image/lint-image.ts"
import { openImageTar } from "../../images/index.ts"
import type { Settings } from "../../settings/settings.ts"
import { openStores } from "../stores/open-stores.ts"
import { openImageReference } from "./open-image.ts"

/**
 * Reads an image by what the user wrote, to look around in it. Nothing is stored.
 *
 * @throws {GeartrainError} what opening and scanning an image throw.
 */
export async function viewImage(reference: string, settings: Settings): Promise<ScannedImage> {
  const image = await openImageReference(reference, settings)
  try {
    const scan = await image.scan({ keepHeads: true })
    return {
      view: scan.view(),
      ...(scan.manifest === undefined ? {} : { manifest: scan.manifest }),
      ...(image.declaration === undefined ? {} : { declaration: image.declaration }),
      ...(scan.platform === undefined ? {} : { platform: scan.platform }),
      ...(image.platform === undefined ? {} : { declaredPlatform: image.platform }),
    }
  } finally {
    await image.close()
  }
}

/**
 * Reads a stored gear, to look around in it.
 *
 * @param find  Chooses the gear among those that are stored.
 * @throws {GeartrainError} what `find` throws; ROOT_NOT_FOUND when its bytes are gone.
 */
export async function viewStoredGear(
  find: (stores: Awaited<ReturnType<typeof openStores>>) => Promise<Gear>,
  settings: Settings,
): Promise<ScannedImage> {
  const stores = await openStores(settings)
  try {
    const gear = await find(stores)
    const reference = `${gear.manifest.name}@${gear.manifest.version}`
    if ((await stores.roots.stat(gear.tree)) === undefined) throw rootGone(reference, gear)
    const origin: GearOrigin = { kind: "tar", reference }
    const image = openImageTar({ open: () => stores.roots.read(gear.tree), sizeBytes: gear.sizeBytes }, origin)
    const scan = await image.scan({ keepHeads: true })
    return {
      view: scan.view(),
      manifest: scan.manifest ?? new TextEncoder().encode(JSON.stringify(gear.manifest, undefined, 2)),
      platform: gear.platform,
      ...(gear.image === undefined ? {} : { declaration: gear.image }),
    }
  } finally {
    await stores.close()
  }
}

function rootGone(reference: string, gear: Gear): GeartrainError {
  return new GeartrainError("ROOT_NOT_FOUND", `Cannot lint gear "${reference}": its root filesystem is not stored`, {
    details: { tree: gear.tree },
    hint: `Import it again: gear import ${gear.origin.reference}`,
  })
}
