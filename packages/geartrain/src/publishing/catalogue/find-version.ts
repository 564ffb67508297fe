import type { CatalogueBackend } from "@geartrain/ports"
import { compareVersions, GeartrainError, isDevelopmentVersion, nearestName } from "@geartrain/spec"
import { type PublishedGear, readArtifact } from "./artifact/gear-artifact.ts"
import { damaged } from "./artifact/oci-descriptor.ts"
import { readDeprecation } from "./deprecate-version.ts"
import { versionTag } from "./versions/version-tag.ts"

/** What a user writes: a name, and perhaps a version or a tag. */
export interface GearWish {
  readonly name: string
  readonly version?: string
}

/**
 * Takes `NAME[@VERSION]` apart.
 *
 * @throws {GeartrainError} TAG_INVALID
 * @example
 *   readWish("fsl-bet@1.0.0").version // => "1.0.0"
 */
export function readWish(text: string): GearWish {
  const at = text.indexOf("@")
  const name = at === -1 ? text : text.slice(0, at)
  const version = at === -1 ? undefined : text.slice(at + 1)
  if (/^[a-z0-9-]{1,100}$/.test(name) && version !== "") return { name, ...(version === undefined ? {} : { version }) }
  throw new GeartrainError("TAG_INVALID", `Cannot look for "${text}" in a catalogue: it is no name of a gear`, {
    hint: "Write it as NAME or NAME@VERSION, with lower-case letters, digits and - in the name",
  })
}

/** A version as it was asked for, or a tag that leads to one; without either, the newest that is released and not deprecated. */
export async function findVersion(catalogue: CatalogueBackend, wish: GearWish): Promise<PublishedGear> {
  if (wish.version === undefined) return newest(catalogue, wish.name)
  const found = await readTag(catalogue, wish.name, versionTag(wish.version))
  if (found === undefined) throw await notFound(catalogue, wish)
  return found
}

/**
 * What a tag leads to.
 *
 * @returns undefined when there is no such tag, or it leads to something else than a gear.
 * @throws {GeartrainError} CATALOGUE_DAMAGED
 */
export async function readTag(
  catalogue: CatalogueBackend,
  name: string,
  tag: string,
): Promise<PublishedGear | undefined> {
  const found = await catalogue.readManifest(name, tag)
  if (found === undefined) return undefined
  const what = `"${name}", tag "${tag}"`
  const published = readArtifact(found.bytes, found.descriptor, what)
  if (published !== undefined && published.name !== name) throw damaged(what, `it is gear "${published.name}"`)
  return published
}

/** Everything that the tags of a gear lead to. */
export interface TaggedGears {
  /** Newest first. */
  readonly versions: readonly PublishedGear[]
  /** Tags that are no version themselves, such as `stable`, and the version that each leads to. */
  readonly tags: ReadonlyMap<string, string>
}

/** Reads all tags of a gear, several at once: a registry far away takes a tenth of a second for each. */
export async function readTags(catalogue: CatalogueBackend, name: string): Promise<TaggedGears> {
  const all = await catalogue.tags(name)
  const versions: PublishedGear[] = []
  const tags = new Map<string, string>()
  for (let start = 0; start < all.length; start += AT_ONCE) {
    const some = all.slice(start, start + AT_ONCE)
    const found = await Promise.all(some.map((tag) => readTag(catalogue, name, tag)))
    for (const [index, published] of found.entries()) {
      const tag = some[index] ?? ""
      if (published === undefined) continue
      if (versionTag(published.version) === tag) versions.push(published)
      else tags.set(tag, published.version)
    }
  }
  return { versions: versions.toSorted((a, b) => compareVersions(b.version, a.version)), tags }
}

const AT_ONCE = 8

async function newest(catalogue: CatalogueBackend, name: string): Promise<PublishedGear> {
  const { versions: all } = await readTags(catalogue, name)
  for (const version of all.filter((each) => !isDevelopmentVersion(each.version))) {
    if ((await readDeprecation(catalogue, version)) === undefined) return version
  }
  throw all.length === 0 ? await notFound(catalogue, { name }) : noRelease(name, all)
}

async function notFound(catalogue: CatalogueBackend, { name, version }: GearWish): Promise<Error> {
  const versions = (await readTags(catalogue, name)).versions.map((each) => each.version)
  const meant = version === undefined ? undefined : nearestName(version, versions)
  const there = versions.length === 0 ? `there is no gear "${name}"` : `there are ${versions.slice(0, 8).join(", ")}`
  const wish = version === undefined ? name : `${name}@${version}`
  return new GeartrainError("VERSION_NOT_FOUND", `Cannot find "${wish}" in the catalogue: ${there}`, {
    details: { name, versions },
    hint: meant === undefined ? "See what there is: gear search" : `Did you mean ${name}@${meant}?`,
  })
}

function noRelease(name: string, all: readonly PublishedGear[]): Error {
  const versions = all.map(({ version }) => version)
  return new GeartrainError(
    "VERSION_NOT_FOUND",
    `Cannot choose a version of "${name}": all that there are, are in development or deprecated: ${versions.slice(0, 8).join(", ")}`,
    { details: { name, versions }, hint: `Name one: gear install ${name}@${versions[0]}` },
  )
}
