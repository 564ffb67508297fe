import type { CatalogueBackend } from "@geartrain/ports"
import { GeartrainError } from "@geartrain/spec"
import type { PublishedGear } from "./artifact/gear-artifact.ts"
import { readTag } from "./find-version.ts"
import { versionTag } from "./versions/version-tag.ts"

/**
 * Gives a version another name, such as `stable`, which may be moved to another version later.
 *
 * @returns the version that it led to before.
 * @throws {GeartrainError} TAG_INVALID for what is no tag; VERSION_EXISTS for the name of a version: those lead to what they are, for ever.
 */
export async function tagVersion(
  catalogue: CatalogueBackend,
  published: PublishedGear,
  tag: string,
): Promise<string | undefined> {
  const { name, version } = published
  if (!/^[A-Za-z_][\w.-]{0,63}$/.test(tag)) {
    throw new GeartrainError("TAG_INVALID", `Cannot tag "${name}@${version}" as "${tag}": it is no tag`, {
      hint: "Begin it with a letter, and use letters, digits, and _ . -",
    })
  }
  const before = await readTag(catalogue, name, tag)
  if (before !== undefined && versionTag(before.version) === tag) {
    throw new GeartrainError("VERSION_EXISTS", `Cannot tag "${name}@${version}" as "${tag}": that is a version`, {
      details: { name, version, tag },
      hint: "Choose another name, such as stable",
    })
  }
  const found = await catalogue.readManifest(name, published.manifest.digest)
  if (found === undefined) throw new TypeError("A manifest that was just read is gone")
  await catalogue.writeManifest(name, { mediaType: found.descriptor.mediaType, bytes: found.bytes }, { tag })
  return before?.version
}
