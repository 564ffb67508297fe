import { type Gear, isGeartrainError } from "@geartrain/spec"
import type { RunJobOptions } from "../../engine/job-request.ts"
import type { ReadTest } from "../../gear-tests/read-test.ts"
import { judge, runTest, type TestResult } from "../../gear-tests/run-test.ts"
import type { Settings } from "../../settings/settings.ts"
import { providerNames } from "../machine/provider-names.ts"
import { openEngine } from "../open-engine.ts"

/** What to run, and where. */
export interface TestPlan {
  readonly gear: Gear
  readonly tests: readonly ReadTest[]
  /** By name; none: all that work on this machine. */
  readonly providers: readonly string[]
}

/** What came of it. */
export interface TestRun {
  readonly results: readonly TestResult[]
  /** Providers that do not work here, and why. */
  readonly unavailable: readonly { readonly provider: string; readonly why: string }[]
}

/**
 * Runs tests under one provider after the other.
 *
 * @throws {GeartrainError} PROVIDER_UNAVAILABLE for one that was asked for by name, and when none works.
 */
export async function runTests(
  plan: TestPlan,
  settings: Settings,
  options: RunJobOptions & { readonly onResult?: (result: TestResult) => void },
): Promise<TestRun> {
  const results: TestResult[] = []
  const unavailable: { provider: string; why: string }[] = []
  let last: unknown
  for (const provider of plan.providers.length > 0 ? plan.providers : providerNames()) {
    const engine = await openEngine(settings, { provider, write: true })
    try {
      await engine.provider()
      for (const test of plan.tests) {
        options.signal?.throwIfAborted()
        const result = await runTest(test, { gear: plan.gear, ports: engine, provider }, options)
        results.push(result)
        options.onResult?.(result)
      }
    } catch (error) {
      if (plan.providers.length > 0 || !isGeartrainError(error, "PROVIDER_UNAVAILABLE")) throw error
      unavailable.push({ provider, why: error.message })
      last = error
    } finally {
      await engine.close()
    }
  }
  if (results.length === 0) throw last
  return { results, unavailable }
}

/** Holds jobs that have run against tests that were changed since. */
export async function judgeAgain(run: TestRun, tests: readonly ReadTest[], settings: Settings): Promise<TestRun> {
  const engine = await openEngine(settings)
  try {
    const results: TestResult[] = []
    for (const result of run.results) {
      const test = tests.find(({ name }) => name === result.test)
      const { job } = result
      results.push(test === undefined || job === undefined ? result : await judge(test, { ...result, job }, engine))
    }
    return { ...run, results }
  } finally {
    await engine.close()
  }
}
