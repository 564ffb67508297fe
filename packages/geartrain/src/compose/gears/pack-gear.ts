import type { Gear } from "@geartrain/spec"
import { canonicalTar } from "../../images/export/canonical-tar.ts"
import { packLayer } from "../../images/export/pack-layer.ts"
import type { PackedRoot } from "../../publishing/catalogue/publish-gear.ts"
import { createReadStream, open, rm } from "../../system/files.ts"
import type { OpenedStores } from "../stores/open-stores.ts"

/**
 * Packs the root filesystem of a gear as a layer, with gzip, which every registry and tool takes.
 *
 * @returns what was packed, in a temporary file that the caller removes.
 * @throws {GeartrainError} ROOT_NOT_FOUND when its bytes are gone; ROOT_DIGEST_MISMATCH when they are damaged.
 */
export async function packGear(
  gear: Gear,
  engine: { readonly stores: OpenedStores },
): Promise<PackedRoot & { remove(): Promise<void> }> {
  const path = await engine.stores.home.temporary()
  const remove = (): Promise<void> => rm(path, { force: true })
  const file = await open(path, "wx", 0o600)
  try {
    const tar = canonicalTar(engine.stores.roots.read(gear.tree), gear.tree)
    const { mediaType, digest, sizeBytes } = await packLayer(tar, "gzip", (bytes) => file.writeFile(bytes))
    return { descriptor: { mediaType, digest, sizeBytes }, read: () => createReadStream(path), remove }
  } catch (error) {
    await remove()
    throw error
  } finally {
    await file.close()
  }
}
