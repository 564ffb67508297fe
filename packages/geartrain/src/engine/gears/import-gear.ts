import type { ImageTree, TreeScan } from "@geartrain/ports"
import {
  type Gear,
  type GearId,
  type GearManifest,
  GeartrainError,
  gearId,
  isDevelopmentVersion,
  manifestError,
  manifestFaultLine,
  type Platform,
  parseManifest,
} from "@geartrain/spec"
import { additionManifestFaults } from "@geartrain/spec/additions"
import { nowIso } from "../../system/clock.ts"
import { sha256 } from "../../system/hash.ts"
import { hostPlatform } from "../../system/host.ts"
import type { Stores } from "../engine-ports.ts"
import { gearReference } from "./resolve-gear.ts"

/** Where a gear keeps its manifest, in its own filesystem. */
const MANIFEST_PATH = "flywheel/v0/manifest.json"

export interface ImportOptions {
  /** Take the image's own environment over into the manifest, where the manifest does not set the variable itself. */
  readonly imageEnv?: boolean
  /** For an image that does not tell, and whose programs do not either. */
  readonly platform?: Platform
  /** Import in spite of faults that the specification lets through, and move a name and version that another gear has. */
  readonly force?: boolean
  /** Whether the name and version may be taken from this gear without force: from an earlier build of the same source, for one. */
  readonly mayReplace?: (stored: Gear) => boolean
  /** The gear that it has to be, under its name and version. Another is not stored. */
  readonly expected?: ExpectedGear
  readonly signal?: AbortSignal
}

export interface ExpectedGear {
  readonly id: GearId
  /** `name@version`. */
  readonly reference: string
}

export interface ImportedGear {
  readonly gear: Gear
  /** False when this gear was stored already; then nothing was written. */
  readonly isNew: boolean
  /** `name@version`, which now points to this gear. */
  readonly reference: string
  readonly warnings: readonly string[]
}

/**
 * Makes a gear of an image: reads it once for its identity, and a second time to store it if it is not stored yet.
 *
 * @throws {GeartrainError} IMAGE_NOT_A_GEAR without a manifest; MANIFEST_INVALID; GEAR_EXISTS when another gear has this name and version;
 *   CATALOGUE_DAMAGED when it is not the gear that was expected; what reading the image throws. Nothing is stored then.
 */
export async function importGear<Scan extends TreeScan>(
  image: ImageTree<Scan>,
  stores: Pick<Stores, "roots" | "gears">,
  options: ImportOptions = {},
): Promise<ImportedGear> {
  const described = await describeGear(image, options)
  const { scan } = described
  const { id, manifest } = described.gear
  const reference = gearReference({ manifest })
  if (options.expected !== undefined) refuseAnother({ id, reference }, options.expected)
  await refuseMovedVersion(reference, { id, ...options }, stores)
  const known = await stores.gears.getGear(id)
  const isNew = known === undefined || (await stores.roots.stat(scan.tree)) === undefined
  const gear = known ?? described.gear
  if (isNew) {
    await stores.roots.put(scan.tree, { tar: image.tar(scan, reading(options)), listing: scan.listing() })
    await stores.gears.putGear(gear)
  }
  await stores.gears.setReference(reference, id)
  return { gear, isNew, reference, warnings: described.warnings }
}

/** A gear as an image has it, and the scan that says so. */
export interface DescribedGear<Scan extends TreeScan = TreeScan> {
  readonly gear: Gear
  readonly scan: Scan
  readonly warnings: readonly string[]
}

/**
 * Reads an image for the gear that it is, and stores nothing.
 *
 * @throws {GeartrainError} IMAGE_NOT_A_GEAR without a manifest; MANIFEST_INVALID; what reading the image throws.
 */
export async function describeGear<Scan extends TreeScan>(
  image: ImageTree<Scan>,
  options: ImportOptions = {},
): Promise<DescribedGear<Scan>> {
  const { scan, manifest, warnings } = await scanGear(image, options)
  const platform = scan.platform ?? image.platform ?? options.platform ?? hostPlatform()
  const gear: Gear = {
    id: gearId({ platform, tree: scan.tree, manifest }, sha256),
    platform,
    tree: scan.tree,
    manifest,
    ...(image.declaration === undefined ? {} : { image: image.declaration }),
    origin: image.origin,
    entries: scan.entries,
    sizeBytes: scan.sizeBytes,
    imported: nowIso(),
  }
  return { gear, scan, warnings: [...warnings, ...scan.warnings] }
}

interface ScannedGear<Scan> {
  readonly scan: Scan
  readonly manifest: GearManifest
  readonly warnings: readonly string[]
}

async function scanGear<Scan extends TreeScan>(
  image: ImageTree<Scan>,
  options: ImportOptions,
): Promise<ScannedGear<Scan>> {
  const scan = await image.scan(reading(options))
  const checked = checkManifest(scan, image, options)
  const env = options.imageEnv === true ? imageEnvironment(image, checked.manifest) : undefined
  if (env === undefined) return { scan, ...checked }
  // The manifest is a file of the gear's: it is changed there, so that every later packing of this gear has it.
  const manifest: GearManifest = { ...checked.manifest, environment: env }
  const body = new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`)
  const changed = image.withFile(scan, MANIFEST_PATH, body)
  if (changed === undefined) throw notAGear(image)
  return { scan: changed, manifest, warnings: checked.warnings }
}

function reading(options: ImportOptions): { readonly signal?: AbortSignal } {
  return options.signal === undefined ? {} : { signal: options.signal }
}

function checkManifest(
  scan: TreeScan,
  image: Pick<ImageTree, "origin">,
  options: ImportOptions,
): Pick<ScannedGear<TreeScan>, "manifest" | "warnings"> {
  if (scan.manifest === undefined) throw notAGear(image)
  const result = parseManifest(scan.manifest)
  if (!result.ok) throw manifestError(result.faults, MANIFEST_PATH)
  const faults = [...result.warnings, ...additionManifestFaults(result)]
  const certain = faults.filter((fault) => fault.severity === "error")
  if (certain.length > 0 && options.force !== true) throw manifestError(certain, MANIFEST_PATH)
  return {
    manifest: result.manifest,
    warnings: faults.map((fault) => manifestFaultLine(fault, MANIFEST_PATH)),
  }
}

/** The image's variables below the manifest's own; nothing when that would change nothing. */
function imageEnvironment(
  image: Pick<ImageTree, "declaration">,
  manifest: GearManifest,
): Readonly<Record<string, string>> | undefined {
  const declared: [string, string][] = (image.declaration?.env ?? []).map((pair) => {
    const split = pair.indexOf("=")
    return split === -1 ? [pair, ""] : [pair.slice(0, split), pair.slice(split + 1)]
  })
  if (declared.every(([name]) => Object.hasOwn(manifest.environment ?? {}, name))) return undefined
  return { ...Object.fromEntries(declared), ...manifest.environment }
}

function notAGear(image: Pick<ImageTree, "origin">): GeartrainError {
  return new GeartrainError(
    "IMAGE_NOT_A_GEAR",
    `Cannot import "${image.origin.reference}": it has no file /${MANIFEST_PATH}`,
    {
      details: { reference: image.origin.reference, wanted: `/${MANIFEST_PATH}` },
      hint: `Add a gear manifest to the image, at /${MANIFEST_PATH}`,
    },
  )
}

/** @throws {GeartrainError} CATALOGUE_DAMAGED when a gear is another than the one that was expected. */
export function refuseAnother(found: ExpectedGear, expected: ExpectedGear): void {
  if (found.id === expected.id && found.reference === expected.reference) return
  const [wanted, came] =
    found.id === expected.id ? [`be ${expected.reference}`, found.reference] : [`be gear ${expected.id}`, found.id]
  throw new GeartrainError(
    "CATALOGUE_DAMAGED",
    `Cannot install "${expected.reference}": it should ${wanted}, and is ${came}`,
    {
      details: { expected: { ...expected }, found: { ...found } },
      hint: "Do not use it; tell those who keep the catalogue",
    },
  )
}

/** A released version means one gear, for ever: another gear needs another version. One in development moves on. */
export async function refuseMovedVersion(
  reference: string,
  wish: { readonly id: string } & Pick<ImportOptions, "force" | "mayReplace">,
  stores: Pick<Stores, "gears">,
): Promise<void> {
  const there = (await stores.gears.listReferences()).get(reference)
  if (there === undefined || there === wish.id || wish.force === true || isDevelopmentVersion(reference)) return
  const stored = wish.mayReplace === undefined ? undefined : await stores.gears.getGear(there)
  if (stored !== undefined && wish.mayReplace?.(stored) === true) return
  throw new GeartrainError(
    "GEAR_EXISTS",
    `Cannot import gear "${reference}": another gear of this name and version is stored, ${there}`,
    {
      details: { reference, stored: there, imported: wish.id },
      hint: "Give it another version in its manifest, or move the name to this gear with --force",
    },
  )
}
