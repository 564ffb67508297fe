import {
  type CheckProgress,
  checkStore as check,
  type StoreFinding,
} from "../../stores/filesystem/upkeep/check-store.ts"
import { type CollectionResult, collectGarbage as collect } from "../../stores/filesystem/upkeep/collect-garbage.ts"
import { type StoreSizes, storeSizes } from "../../stores/filesystem/upkeep/store-sizes.ts"
import type { OpenedStores } from "./open-stores.ts"

export type { CheckProgress, CollectionResult, StoreFinding, StoreSizes }

interface Opened {
  readonly stores: OpenedStores
}

/** Reads every byte of the store, and answers what is wrong. */
export function checkStore(
  engine: Opened,
  options: { readonly onProgress?: (progress: CheckProgress) => void } = {},
): AsyncIterable<StoreFinding> {
  const { stores } = engine
  return check({ store: stores, gears: stores.gears, jobs: stores.jobs, checkRecords: () => stores.check() }, options)
}

/** Removes what nothing refers to, or with `dryRun` tells what would be. */
export function collectGarbage(engine: Opened, options: { readonly dryRun?: boolean } = {}): Promise<CollectionResult> {
  const { stores } = engine
  return collect({ store: stores, guard: stores.guard, jobs: stores.jobs }, options)
}

/** Adds up what the store holds. */
export function measureStore(engine: Opened): Promise<StoreSizes> {
  return storeSizes(engine.stores)
}
