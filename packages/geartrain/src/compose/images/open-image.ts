import type { ImageTree } from "@geartrain/ports"
import { type ImageLimits, openImage, openImageStream, type TreeScan, withFile } from "../../images/index.ts"
import type { ImageLimitSettings } from "../../settings/image-limits.ts"
import type { Settings } from "../../settings/settings.ts"
import { mkdir } from "../../system/files.ts"
import { standardInput } from "../../system/user-files.ts"
import { authFiles } from "../auth-files.ts"

export interface OpenReferenceOptions {
  /** Which platform of an image that has several. */
  readonly platform?: string
  /** Which image of an archive that has several. */
  readonly name?: string
  readonly signal?: AbortSignal
}

/**
 * Opens an image by what the user wrote: a path, `-` for standard input, or a reference to a registry.
 *
 * @throws {GeartrainError} what `openImage` throws.
 */
export async function openImageReference(
  reference: string,
  settings: Pick<Settings, "cache" | "imageLimits">,
  options: OpenReferenceOptions = {},
): Promise<ImageTree<TreeScan>> {
  const temporaryFolder = `${settings.cache}/images`
  await mkdir(temporaryFolder, { recursive: true, mode: 0o700 })
  const limits = imageLimits(settings.imageLimits ?? {})
  const opening = { ...options, temporaryFolder, limits, authFiles: authFiles() }
  const image = await (reference === "-"
    ? openImageStream(standardInput(), "-", opening)
    : openImage(reference, opening))
  return { ...image, withFile }
}

/** The names that people give limits by are fewer and shorter than those that the images room has. */
function imageLimits(wanted: ImageLimitSettings): Partial<ImageLimits> {
  const named: { readonly [Name in keyof ImageLimitSettings]-?: keyof ImageLimits } = {
    entries: "maxEntries",
    size: "maxUnpackedBytes",
    expansion: "maxExpansion",
    holes: "maxHoleExpansion",
    depth: "maxDepth",
    layers: "maxLayers",
  }
  return Object.fromEntries(
    Object.entries(wanted).map(([name, limit]) => [named[name as keyof ImageLimitSettings], limit]),
  )
}
