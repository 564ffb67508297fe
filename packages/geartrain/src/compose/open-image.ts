import type { ImageTree } from "@geartrain/ports"
import { openImage, openImageStream, type TreeScan, withFile } from "../images/index.ts"
import type { Settings } from "../settings/settings.ts"
import { mkdir } from "../system/files.ts"
import { standardInput, userFile } from "../system/user-files.ts"

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
  settings: Pick<Settings, "cache">,
  options: OpenReferenceOptions = {},
): Promise<ImageTree<TreeScan>> {
  const temporaryFolder = `${settings.cache}/images`
  await mkdir(temporaryFolder, { recursive: true, mode: 0o700 })
  const opening = { ...options, temporaryFolder, authFiles: authFiles() }
  const image = await (reference === "-"
    ? openImageStream(standardInput(), "-", opening)
    : openImage(reference, opening))
  return { ...image, withFile }
}

/** Where docker and podman keep credentials. @see docker login, containers-auth.json(5) */
function authFiles(): readonly string[] {
  return [
    userFile("XDG_RUNTIME_DIR", "containers/auth.json"),
    userFile("DOCKER_CONFIG", "config.json"),
    userFile("HOME", ".docker/config.json"),
  ].filter((path) => path !== undefined)
}
