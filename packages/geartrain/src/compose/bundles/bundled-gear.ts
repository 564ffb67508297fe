import type { ImageTree, TreeScan } from "@geartrain/ports"
import type { Gear } from "@geartrain/spec"
import { describeGear } from "../../engine/gears/import-gear.ts"
import { DEFAULT_LIMITS, openImageTar, withFile } from "../../images/index.ts"
import { BUNDLE_HINTS, bundleError } from "../../publishing/bundle/format/bundle-error.ts"
import type { Bundle } from "../../publishing/bundle/read/open-bundle.ts"
import type { BundledGear } from "../../publishing/bundle/read/read-records.ts"

/** A gear of a bundle whose id was computed again from its bytes, and how to store it. */
export interface CheckedGear {
  readonly gear: Gear
  readonly image: ImageTree<TreeScan>
  readonly scan: TreeScan
}

/**
 * Reads the root filesystem of a bundled gear to its end, and makes sure that it is the gear that the bundle says.
 *
 * @throws {GeartrainError} BUNDLE_INCONSISTENT when it is another; BUNDLE_DAMAGED; what reading an image throws
 */
export async function checkGear(bundle: Bundle, listed: BundledGear, signal?: AbortSignal): Promise<CheckedGear> {
  const member = bundle.index.members.find(({ path }) => path === listed.root)
  const origin = { kind: "tar", reference: listed.root } as const
  const stream = { open: () => bundle.read(listed.root), sizeBytes: member?.sizeBytes ?? 0 }
  const image = { ...openImageTar(stream, origin, DEFAULT_LIMITS), withFile }
  const options = { platform: listed.platform, force: true, ...(signal === undefined ? {} : { signal }) }
  const { gear, scan } = await describeGear(image, options)
  if (gear.tree !== listed.tree) throw another(bundle, listed, `tree ${gear.tree}, and the gear has ${listed.tree}`)
  if (gear.id !== listed.id) throw another(bundle, listed, `gear ${gear.id}, and the index says ${listed.id}`)
  return { gear, image, scan }
}

function another(bundle: Bundle, listed: BundledGear, found: string): Error {
  return bundleError("BUNDLE_INCONSISTENT", bundle.path, {
    member: listed.root,
    problem: `it is ${found}`,
    hint: BUNDLE_HINTS.notHonest,
  })
}
