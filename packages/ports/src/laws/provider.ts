import type { ProviderBench } from "./box/bench.ts"
import { boxContentLaws } from "./box/contents.ts"
import { boxLifeLaws } from "./box/life.ts"
import { boxLimitLaws } from "./box/limits.ts"
import type { Law } from "./law.ts"

/**
 * What every provider promises. They are run with real boxes: some seconds in all.
 *
 * @see Provider
 */
export const providerLaws: readonly Law<ProviderBench>[] = [...boxContentLaws, ...boxLifeLaws, ...boxLimitLaws]
