import type { FreeingPolicy } from "../../engine/freeing/freeing-policy.ts"
import { type FreeableBlob, type KeptBlob, planFreeing } from "../../engine/freeing/plan-freeing.ts"
import { lookAround, readHoldings } from "../../engine/freeing/read-holdings.ts"
import { type CollectionResult, collectGarbage } from "../../stores/filesystem/upkeep/collect-garbage.ts"
import { storeSizes } from "../../stores/filesystem/upkeep/store-sizes.ts"
import { nowMs } from "../../system/clock.ts"
import type { Engine } from "../open-engine.ts"

/** What came of freeing bytes. */
export interface FreeingResult extends CollectionResult {
  /** Outputs that went, or would. */
  readonly freed: readonly FreeableBlob[]
  /** Those that the policy is about, and that stayed. */
  readonly kept: readonly KeptBlob[]
}

/**
 * Removes large outputs that can be made again, as the policy says, and keeps all that is recorded of them; besides what a collection of garbage
 * removes.
 *
 * @param options.dryRun  Removes nothing, and answers what would be.
 * @throws {GeartrainError} STORE_READ_ONLY, unless it is a dry run.
 */
export async function freeBytes(
  engine: Engine,
  policy: FreeingPolicy,
  options: { readonly dryRun?: boolean } = {},
): Promise<FreeingResult> {
  const { stores } = engine
  const { roots, records, unfinished } = await storeSizes(stores)
  const holdings = await readHoldings(engine, roots.sizeBytes + records.sizeBytes + unfinished.sizeBytes)
  const plan = await planFreeing(holdings, policy, { presence: lookAround(engine), now: nowMs() })
  const free = plan.free.map(({ digest, way }) => ({ digest, needs: way.needs }))
  const parts = { store: stores, guard: stores.guard, jobs: stores.jobs }
  const result = await collectGarbage(parts, { ...options, free })
  const gone = new Set(result.removed.filter(({ kind }) => kind === "freed").map(({ name }) => name))
  const spared = plan.free.filter(({ digest }) => !gone.has(digest))
  return {
    ...result,
    freed: plan.free.filter(({ digest }) => gone.has(digest)),
    kept: [...plan.kept, ...spared.map((blob) => ({ ...blob, why: "it was just used, stored or forgotten" }))],
  }
}
