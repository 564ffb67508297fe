import { isGeartrainError } from "@geartrain/spec"
import { type Verified, verifyJob } from "../../engine/again/verify-job.ts"
import type { RunJobOptions } from "../../engine/job-request.ts"
import { resolveJob } from "../../engine/life/resolve-job.ts"
import type { Settings } from "../../settings/settings.ts"
import { providerNames } from "../machine/provider-names.ts"
import { openEngine } from "../open-engine.ts"

/** A job that was run again under each provider that works here. */
export interface ProvenJob {
  readonly runs: readonly (Verified & { readonly provider: string })[]
  /** Providers that do not work here, and why. */
  readonly unavailable: readonly { readonly provider: string; readonly why: string }[]
}

/**
 * Runs a recorded job again under one provider after the other, and compares each time.
 *
 * @throws {GeartrainError} PROVIDER_UNAVAILABLE when none works; what `verifyJob` throws.
 */
export async function proveJob(
  job: string,
  settings: Settings,
  options: RunJobOptions & {
    readonly files: Readonly<Record<string, string>>
    readonly onStart: (provider: string) => void
  },
): Promise<ProvenJob> {
  const { files, onStart, ...running } = options
  const runs: (Verified & { readonly provider: string })[] = []
  const unavailable: { provider: string; why: string }[] = []
  let last: unknown
  for (const provider of providerNames()) {
    const engine = await openEngine(settings, { provider, write: true })
    try {
      await engine.provider()
      const record = await resolveJob(job, engine)
      onStart(provider)
      runs.push({ provider, ...(await verifyJob(record, engine, { ...running, files })) })
    } catch (error) {
      if (!isGeartrainError(error, "PROVIDER_UNAVAILABLE")) throw error
      unavailable.push({ provider, why: error.message })
      last = error
    } finally {
      await engine.close()
    }
  }
  if (runs.length === 0) throw last
  return { runs, unavailable }
}
