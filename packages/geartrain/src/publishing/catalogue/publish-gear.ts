import type { ArtifactDescriptor, CatalogueBackend } from "@geartrain/ports"
import { type Gear, GeartrainError, isDevelopmentVersion, isGeartrainError } from "@geartrain/spec"
import type { SigningKey } from "../signing/key-pair.ts"
import { describeArtifact, type PublishedGear, readArtifact } from "./artifact/gear-artifact.ts"
import { readTag } from "./find-version.ts"
import { signGear } from "./gear-signatures.ts"
import { versionTag } from "./versions/version-tag.ts"

/** The root filesystem of a gear, packed and laid aside. */
export interface PackedRoot {
  readonly descriptor: ArtifactDescriptor
  read(): AsyncIterable<Uint8Array>
}

export interface PublishOptions {
  /** Packs the root filesystem. Called only when it has to be written. */
  readonly pack: () => Promise<PackedRoot>
  readonly key?: SigningKey
}

export interface Publication {
  readonly published: PublishedGear
  /** `unchanged`: this gear was there under this version. `replaced`: another was, in development. */
  readonly outcome: "new" | "unchanged" | "replaced"
}

/**
 * Puts a gear into a catalogue, under the name and version of its manifest. A version means one gear for ever, but for one in development.
 *
 * @throws {GeartrainError} VERSION_EXISTS when another gear has this version; TAG_INVALID; what the catalogue throws.
 */
export async function publishGear(
  gear: Gear,
  catalogue: CatalogueBackend,
  options: PublishOptions,
): Promise<Publication> {
  const { name, version } = gear.manifest
  const tag = versionTag(version)
  const there = await readTag(catalogue, name, tag).catch(nothingYet)
  const isSame = there?.gear === gear.id
  if (there !== undefined && !isSame) refuseAnother(gear, there)
  const published = isSame && there !== undefined ? there : await write(gear, catalogue, { tag, pack: options.pack })
  if (options.key !== undefined) await signGear(catalogue, published, options.key)
  return { published, outcome: there === undefined ? "new" : isSame ? "unchanged" : "replaced" }
}

/** The first who publishes makes the catalogue. Whether it can be made is found out by writing. */
function nothingYet(error: unknown): undefined {
  if (isGeartrainError(error, "CATALOGUE_NOT_FOUND")) return undefined
  throw error
}

async function write(
  gear: Gear,
  catalogue: CatalogueBackend,
  { tag, pack }: { readonly tag: string; readonly pack: () => Promise<PackedRoot> },
): Promise<PublishedGear> {
  const { name, version } = gear.manifest
  const root = await pack()
  await catalogue.writeBlob(name, root.descriptor, () => root.read())
  const { config, manifest } = describeArtifact(gear, root.descriptor)
  await catalogue.writeBlob(name, config.descriptor, async function* () {
    yield config.bytes
  })
  const onlyNew = !isDevelopmentVersion(version)
  const descriptor = await catalogue.writeManifest(name, manifest, { tag, onlyNew })
  const published = readArtifact(manifest.bytes, descriptor, `"${name}@${version}"`)
  if (published === undefined) throw new TypeError("What was written is no gear")
  return published
}

function refuseAnother(gear: Gear, there: PublishedGear): void {
  const { name, version } = gear.manifest
  if (there.version !== version) {
    throw new GeartrainError(
      "VERSION_EXISTS",
      `Cannot publish "${name}@${version}": "${version}" is a tag that leads to version "${there.version}"`,
      { details: { name, version, tagged: there.version }, hint: "Give the gear another version in its manifest" },
    )
  }
  if (isDevelopmentVersion(version)) return
  throw new GeartrainError("VERSION_EXISTS", `Cannot publish "${name}@${version}": it is there, and another gear`, {
    details: { name, version, published: there.gear, own: gear.id },
    hint: `Give it another version in its manifest; while it changes, one that ends in -dev may be written over`,
  })
}
