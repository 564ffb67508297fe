import type { Gear } from "@geartrain/spec"
import type { ReadTest } from "../../author/gear-tests/read-test.ts"
import { judge, runTest, type TestResult } from "../../author/gear-tests/run-test.ts"
import type { RunJobOptions } from "../../engine/job-request.ts"
import type { Settings } from "../../settings/settings.ts"
import { openEngine } from "../open-engine.ts"
import { eachProvider, type UnavailableProvider } from "./each-provider.ts"

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
  readonly unavailable: readonly UnavailableProvider[]
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
  const unavailable = await eachProvider(settings, plan.providers, async (ports, provider) => {
    for (const test of plan.tests) {
      options.signal?.throwIfAborted()
      const result = await runTest(test, { gear: plan.gear, ports, provider }, options)
      results.push(result)
      options.onResult?.(result)
    }
  })
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
