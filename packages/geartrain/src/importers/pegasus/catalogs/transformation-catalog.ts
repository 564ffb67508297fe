import {
  asMap,
  faultAt,
  inside,
  type JsonMap,
  mapsIn,
  neededText,
  oneOf,
  optionalText,
  optionalTruth,
  type Place,
  textsIn,
} from "../place.ts"
import { type Hook, type Metadata, readChecksum, readHooks, readMetadata } from "../workflow/hooks.ts"
import { type Profiles, readProfiles } from "../workflow/profiles.ts"
import type { PegasusDocument } from "../yaml/pegasus-document.ts"
import { type Container, readContainer } from "./container.ts"

/** A program by name, and where it can be had. */
export interface Transformation {
  readonly namespace?: string
  readonly name: string
  readonly version?: string
  /** Other programs that it starts, by full name. */
  readonly requires: readonly string[]
  readonly sites: readonly TransformationSite[]
  readonly sha256?: string
  readonly profiles: Profiles
  readonly hooks: readonly Hook[]
  readonly metadata: Metadata
}

export interface TransformationSite {
  readonly site: string
  readonly pfn: string
  /** `stageable`: the file is brought to where it runs; `installed`: it is there. */
  readonly type: "stageable" | "installed"
  readonly arch?: string
  readonly os?: string
  readonly container?: string
  readonly bypass: boolean
  readonly profiles: Profiles
}

export interface TransformationCatalog {
  /** By full name, `namespace::name:version`. */
  readonly transformations: ReadonlyMap<string, Transformation>
  readonly containers: ReadonlyMap<string, Container>
}

export const NO_TRANSFORMATIONS: TransformationCatalog = { transformations: new Map(), containers: new Map() }

/**
 * @example
 *   fullName({ namespace: "diamond", name: "analyze", version: "4.0" }) // => "diamond::analyze:4.0"
 *   fullName({ name: "wc" }) // => "wc"
 */
export function fullName({ namespace, name, version }: Pick<Transformation, "namespace" | "name" | "version">): string {
  return `${namespace === undefined ? "" : `${namespace}::`}${name}${version === undefined ? "" : `:${version}`}`
}

/** @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID. */
export function readTransformationCatalog(document: PegasusDocument): TransformationCatalog {
  const place: Place = { document }
  return document.value === null ? NO_TRANSFORMATIONS : readTransformations(asMap(document.value, place), place)
}

/** Reads a catalog that is a file of its own, or part of a workflow. */
export function readTransformations(map: JsonMap, place: Place): TransformationCatalog {
  const transformations = new Map<string, Transformation>()
  for (const { entry, at } of mapsIn(map, "transformations", place)) {
    const read = readTransformation(entry, at)
    const name = fullName(read)
    const before = transformations.get(name)
    transformations.set(name, before === undefined ? read : { ...before, sites: [...before.sites, ...read.sites] })
  }
  const containers = new Map<string, Container>()
  for (const { entry, at } of mapsIn(map, "containers", place)) {
    const container = readContainer(entry, at)
    containers.set(container.name, container)
  }
  checkContainers(transformations, containers, place)
  return { transformations, containers }
}

/** @param catalogs  The first to know a name is believed. */
export function joinTransformations(catalogs: readonly TransformationCatalog[]): TransformationCatalog {
  const strongestLast = catalogs.toReversed()
  return {
    transformations: new Map(strongestLast.flatMap(({ transformations }) => [...transformations])),
    containers: new Map(strongestLast.flatMap(({ containers }) => [...containers])),
  }
}

function readTransformation(map: JsonMap, place: Place): Transformation {
  const namespace = optionalText(map, "namespace", place)
  const version = optionalText(map, "version", place)
  const sha256 = readChecksum(map["checksum"], inside(place, "checksum"))
  return {
    ...(namespace === undefined ? {} : { namespace }),
    name: neededText(map, "name", place),
    ...(version === undefined ? {} : { version }),
    requires: textsIn(map, "requires", place),
    sites: mapsIn(map, "sites", place).map(({ entry, at }) => readSite(entry, at)),
    ...(sha256 === undefined ? {} : { sha256 }),
    profiles: readProfiles(map["profiles"], inside(place, "profiles")),
    hooks: readHooks(map["hooks"], inside(place, "hooks")),
    metadata: readMetadata(map["metadata"], inside(place, "metadata")),
  }
}

function readSite(map: JsonMap, place: Place): TransformationSite {
  const arch = optionalText(map, "arch", place)
  const os = optionalText(map, "os.type", place)
  const container = optionalText(map, "container", place)
  return {
    site: neededText(map, "name", place),
    pfn: neededText(map, "pfn", place),
    type: oneOf(optionalText(map, "type", place) ?? "installed", ["stageable", "installed"], inside(place, "type")),
    ...(arch === undefined ? {} : { arch }),
    ...(os === undefined ? {} : { os }),
    ...(container === undefined ? {} : { container }),
    bypass: optionalTruth(map, "bypass", place) ?? false,
    profiles: readProfiles(map["profiles"], inside(place, "profiles")),
  }
}

function checkContainers(
  transformations: ReadonlyMap<string, Transformation>,
  containers: ReadonlyMap<string, Container>,
  place: Place,
): void {
  for (const [name, { sites }] of transformations) {
    const lost = sites.find(({ container }) => container !== undefined && !containers.has(container))
    if (lost === undefined) continue
    throw faultAt(
      inside(place, "transformations"),
      `"${name}" runs in the container "${lost.container}", and there is no container of that name`,
      "List it under containers",
    )
  }
}
