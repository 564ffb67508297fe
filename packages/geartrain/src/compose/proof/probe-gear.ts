import { type Gear, isGeartrainError } from "@geartrain/spec"
import { judgeProbe, type ProbeVerdict, RUNS_NEEDED } from "../../author/gear-tests/probe/judge-probe.ts"
import { type ProbeTargets, TestProbe } from "../../author/gear-tests/probe/test-probe.ts"
import type { ReadTest } from "../../author/gear-tests/read-test.ts"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import type { RunJobOptions } from "../../engine/job-request.ts"
import type { Settings } from "../../settings/settings.ts"
import { eachProvider, type UnavailableProvider } from "./each-provider.ts"

/** What to probe, and where. */
export interface ProbePlan {
  readonly gear: Gear
  readonly tests: readonly ReadTest[]
  /** By name; none: all that work on this machine. */
  readonly providers: readonly string[]
  /** Runs of each test as asked, under each provider. Default: as many as are needed to call it the same. */
  readonly repeat?: number
}

/** What came of it. */
export interface ProbeFindings {
  readonly gear: Gear
  readonly verdict: ProbeVerdict
  readonly probes: readonly TestProbe[]
  readonly providers: readonly { readonly name: string; readonly version: string }[]
  /** Providers that cannot run a test of this gear, and why. */
  readonly unable: readonly UnavailableProvider[]
  /** Providers that do not work here, and why. */
  readonly unavailable: readonly UnavailableProvider[]
}

/**
 * Repeats a gear's own tests: as asked, with one thread and with a fixed clock, under one provider after the other, until it is known what the
 * least is that has to be held for it to answer the same.
 *
 * What is held is tried a few times first. Only where the runs differ is it repeated as often as the runs as asked.
 *
 * @throws {GeartrainError} PROVIDER_UNAVAILABLE for one that was asked for by name, and when none works; what ends a run from outside.
 */
export async function probeGear(
  plan: ProbePlan,
  settings: Settings,
  options: RunJobOptions & { readonly onRound: (round: number, provider: string, test: string) => void },
): Promise<ProbeFindings> {
  const { onRound, ...running } = options
  const providers = new Map<string, string>()
  const unavailable = await eachProvider(settings, plan.providers, async (ports, name) => {
    providers.set(name, (await ports.provider()).version)
  })
  const unable = new Map<string, string>()
  const probes = plan.tests.map((test) => new TestProbe(plan.gear, test))
  const runUnder = (targets: ProbeTargets, number: number) => async (ports: EnginePorts, provider: string) => {
    try {
      for (const probe of probes) {
        onRound(number, provider, probe.test.name)
        await probe.run(targets, { ports, provider, options: running })
      }
    } catch (error) {
      if (!isGeartrainError(error, "CAPABILITY_MISSING")) throw error
      unable.set(provider, error.message)
    }
  }
  const round = async (targets: ProbeTargets, number: number): Promise<ProbeVerdict> => {
    const able = [...providers.keys()].filter((name) => !unable.has(name))
    if (able.length > 0) await eachProvider(settings, able, runUnder(targets, number))
    return judgeProbe(
      plan.tests.map(({ name }) => name),
      probes.flatMap((probe) => probe.cells()),
    )
  }
  const repeat = plan.repeat ?? Math.ceil(RUNS_NEEDED / providers.size)
  const few = Math.min(repeat, Math.ceil(FEW / providers.size))
  let verdict: ProbeVerdict | undefined
  for (const [index, targets] of roundsOf(repeat, few).entries()) {
    verdict = await round(targets, index + 1)
    if (isSettled(verdict)) break
  }
  return {
    gear: plan.gear,
    verdict: verdict as ProbeVerdict,
    probes,
    providers: [...providers].flatMap(([name, version]) => (unable.has(name) ? [] : [{ name, version }])),
    unable: [...unable].map(([provider, why]) => ({ provider, why })),
    unavailable,
  }
}

/** Further rounds add runs of what is held, and none of those as asked. */
function isSettled(verdict: ProbeVerdict): boolean {
  return verdict.kind === "too-few" ? verdict.condition === "as-asked" : verdict.kind !== "differs"
}

/** So many runs show whether what is held makes another answer. */
const FEW = 2

/** The least first: what is held in a round is repeated only where the rounds before it differ. */
function roundsOf(repeat: number, few: number): readonly ProbeTargets[] {
  return [
    { "as-asked": repeat, "one-thread": few, "fixed-clock": few },
    { "one-thread": repeat, "one-thread-and-fixed-clock": few },
    { "fixed-clock": repeat },
    { "one-thread-and-fixed-clock": repeat },
  ]
}
