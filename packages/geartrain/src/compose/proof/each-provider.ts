import { isGeartrainError } from "@geartrain/spec"
import type { Settings } from "../../settings/settings.ts"
import { providerNames } from "../machine/provider-names.ts"
import { type Engine, openEngine } from "../open-engine.ts"

/** A provider that does not work here, and why. */
export interface UnavailableProvider {
  readonly provider: string
  readonly why: string
}

/**
 * Does something under one provider after the other, each with an engine of its own.
 *
 * @param named  The providers that are wanted; none: all that work on this machine.
 * @returns those that do not work here.
 * @throws {GeartrainError} PROVIDER_UNAVAILABLE for one that was named, and when none works.
 */
export async function eachProvider(
  settings: Settings,
  named: readonly string[],
  use: (engine: Engine, provider: string) => Promise<void>,
): Promise<readonly UnavailableProvider[]> {
  const providers = named.length > 0 ? named : providerNames()
  const unavailable: UnavailableProvider[] = []
  for (const provider of providers) {
    const engine = await openEngine(settings, { provider, write: true })
    try {
      const refusal = await engine.provider().then(() => undefined, asRefusal)
      if (refusal === undefined) await use(engine, provider)
      else {
        unavailable.push({ provider, why: refusal.message })
        if (named.length > 0 || unavailable.length === providers.length) throw refusal
      }
    } finally {
      await engine.close()
    }
  }
  return unavailable
}

function asRefusal(error: unknown): Error {
  if (isGeartrainError(error, "PROVIDER_UNAVAILABLE")) return error
  throw error
}
