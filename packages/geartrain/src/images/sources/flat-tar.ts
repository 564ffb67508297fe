import type { GearOrigin } from "@geartrain/spec"
import type { ImagePlace } from "../../packing/place/image-place.ts"
import type { ImageSource } from "./image-source.ts"
import { type StoredBytes, storedLayer } from "./stored-layer.ts"

/** An archive that is a root filesystem itself: what GNU tar, mmdebstrap and `docker export` write. */
export function openFlatTar(bytes: StoredBytes, origin: GearOrigin, place: ImagePlace): ImageSource {
  const layer = storedLayer({ bytes, rules: { place, kind: "flat" } })
  return {
    origin,
    layers: async () => [layer],
    packedBytes: bytes.sizeBytes,
    warnings: () => [],
    close: async () => undefined,
  }
}
