import type { GearOrigin, ImageDeclaration } from "@geartrain/spec"
import type { Settings } from "../../settings/settings.ts"
import { openImageReference } from "./open-image.ts"

/** What an image says of itself. */
export interface OpenedImage {
  readonly origin: GearOrigin
  readonly declaration?: ImageDeclaration
  /** Bytes of its gear manifest, where it is a gear already. */
  readonly manifest?: Uint8Array
}

/**
 * Reads an image for what it says of itself. Nothing is stored.
 *
 * @throws {GeartrainError} what opening and scanning an image throw.
 */
export async function lookIntoImage(reference: string, settings: Settings): Promise<OpenedImage> {
  const image = await openImageReference(reference, settings)
  try {
    const { manifest } = await image.scan()
    const { origin, declaration } = image
    return {
      origin,
      ...(declaration === undefined ? {} : { declaration }),
      ...(manifest === undefined ? {} : { manifest }),
    }
  } finally {
    await image.close()
  }
}
