import type { CatalogueBackend } from "@geartrain/ports"
import { GeartrainError } from "@geartrain/spec"
import { isRegistryReference, parseRegistryPlace } from "../../publishing/registry/registry-reference.ts"
import { type KeyFolder, openKeyFolder } from "../../publishing/signing/key-folder.ts"
import type { Settings } from "../../settings/settings.ts"
import { existsSync } from "../../system/files.ts"
import { authFiles } from "../auth-files.ts"

export interface OpenedCatalogue {
  readonly backend: CatalogueBackend
  /** As people write it, so that it can be told again. */
  readonly place: string
}

/**
 * Opens the catalogue that is named, or that of the settings: a folder, or a part of a registry. Nothing is read yet.
 *
 * @param place  A path; or `HOST/PATH`, with `docker://` before it where that could be a path too.
 * @throws {GeartrainError} USAGE when none is named; IMAGE_REFERENCE_INVALID.
 */
export async function openCatalogue(
  place: string | undefined,
  settings: Pick<Settings, "catalogue">,
): Promise<OpenedCatalogue> {
  const named = place ?? settings.catalogue
  if (named === undefined) {
    throw new GeartrainError("USAGE", "Cannot tell which catalogue is meant: none is named", {
      hint: "Name a folder or a registry with --catalogue PLACE, or for good: export GEARTRAIN_CATALOGUE=PLACE",
    })
  }
  if (isRegistry(named)) {
    const { openRegistryCatalogue } = await import("../../publishing/catalogues/registry/index.ts")
    const backend = openRegistryCatalogue({ ...parseRegistryPlace(named), authFiles: authFiles() })
    return { backend, place: named }
  }
  const { openFolderCatalogue } = await import("../../publishing/catalogues/folder/index.ts")
  return { backend: openFolderCatalogue(named.replace(/(?<=.)\/+$/, "")), place: named }
}

/** Opens the keys of the user. */
export function openKeys(settings: Pick<Settings, "config">): KeyFolder {
  return openKeyFolder(`${settings.config}/keys`)
}

function isRegistry(place: string): boolean {
  if (place.startsWith("docker://")) return true
  return isRegistryReference(`${place}/`) && !existsSync(place)
}
