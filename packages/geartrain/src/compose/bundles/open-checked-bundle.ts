import { BUNDLE_LIMITS } from "../../publishing/bundle/read/bundle-file.ts"
import { type Bundle, openBundle } from "../../publishing/bundle/read/open-bundle.ts"
import { type BundledRecords, readRecords } from "../../publishing/bundle/read/read-records.ts"
import type { Settings } from "../../settings/settings.ts"
import { checkGear } from "./bundled-gear.ts"

/** A bundle whose index, signature, records and gear documents were read and agree. */
export interface OpenedBundle extends BundledRecords {
  readonly bundle: Bundle
}

/**
 * Opens a bundle, and reads its documents. Of its large members nothing was read yet.
 *
 * @throws {GeartrainError} what `openBundle` and `readRecords` throw
 */
export async function openDocuments(path: string, settings: Pick<Settings, "imageLimits">): Promise<OpenedBundle> {
  const expansion = settings.imageLimits?.expansion
  const limits = expansion === undefined ? BUNDLE_LIMITS : { ...BUNDLE_LIMITS, maxExpansion: expansion }
  const bundle = await openBundle(path, limits)
  try {
    return { bundle, ...(await readRecords(bundle)) }
  } catch (error) {
    await bundle.close()
    throw error
  }
}

/**
 * Reads every member of a bundle that was not read yet, for its digest, and computes each gear's id from its bytes. Writes nothing.
 *
 * @throws {GeartrainError} BUNDLE_DAMAGED, BUNDLE_UNSAFE, BUNDLE_INCONSISTENT
 */
export async function checkMembers({ bundle, gears }: OpenedBundle, signal?: AbortSignal): Promise<void> {
  const read = new Set(gears.map(({ root }) => root))
  for (const gear of gears) await checkGear(bundle, gear, signal)
  for (const { path } of bundle.index.members) {
    if (read.has(path)) continue
    for await (const _ of bundle.read(path)) signal?.throwIfAborted()
  }
}
