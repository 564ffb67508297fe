import {
  type BadgeVerdict,
  type DeterminismBadge,
  MOST_BADGE_RESULTS,
  MOST_BADGE_TESTS,
  type ProbedTest,
  type UntriedPart,
} from "@geartrain/spec"
import type { ProbeVerdict } from "../../author/gear-tests/probe/judge-probe.ts"
import type { TestProbe } from "../../author/gear-tests/probe/test-probe.ts"
import { VERSION } from "../../settings/version.ts"
import { nowIso } from "../../system/clock.ts"
import { hostFacts, nodeVersion, processorModel } from "../../system/host.ts"
import type { ProbeFindings } from "./probe-gear.ts"

/**
 * Says in a badge what a probe has found.
 *
 * @returns undefined where that is not enough to say anything of the gear: a test could not be run, or was in too few runs.
 */
export function makeBadge(findings: ProbeFindings): DeterminismBadge | undefined {
  const { gear, probes, providers } = findings
  const verdict = badgeVerdict(findings.verdict)
  if (verdict === undefined) return undefined
  const { architecture, kernel, cpus } = hostFacts()
  return {
    name: gear.manifest.name,
    version: gear.manifest.version,
    platform: gear.platform,
    verdict,
    sameness: probes.some(({ isTolerant }) => isTolerant) ? "declared" : "bytes",
    counts: probeCounts(probes),
    tests: probes
      .toSorted((a, b) => rankOf(b) - rankOf(a))
      .slice(0, MOST_BADGE_TESTS)
      .map(testOf),
    untried: untriedParts(findings),
    providers,
    host: { architecture, kernel, processor: shortened(processorModel()), cpus },
    engine: { version: VERSION, node: nodeVersion() },
    at: nowIso(),
  }
}

/** What a verdict is as a word of a badge. */
export function badgeVerdict(verdict: ProbeVerdict): BadgeVerdict | undefined {
  if (verdict.kind === "differs") return "not-deterministic"
  if (verdict.kind !== "holds") return undefined
  return verdict.condition === "as-asked" ? "deterministic" : verdict.condition
}

export function probeCounts(probes: readonly TestProbe[]): DeterminismBadge["counts"] {
  const cells = probes.flatMap((probe) => probe.cells())
  return {
    tests: probes.length,
    failedTests: probes.filter(({ problems }) => problems.length > 0).length,
    runs: cells.reduce((sum, { answers }) => sum + answers.length, 0),
    undecided: cells.reduce((sum, { undecided }) => sum + undecided, 0),
  }
}

/** Conditions that could not be had, each once, and providers that could not run a test. */
export function untriedParts({ probes, unable }: Pick<ProbeFindings, "probes" | "unable">): readonly UntriedPart[] {
  const conditions = new Map(probes.flatMap((probe) => probe.untried().map(({ condition, why }) => [condition, why])))
  return [
    ...[...conditions].map(([what, why]) => ({ what, why: shortened(why) })),
    ...unable.map(({ provider, why }) => ({ what: provider, why: shortened(why) })),
  ]
}

/** Failed tests before those that answered differently, and these before the others. */
function rankOf(probe: TestProbe): number {
  if (probe.problems.length > 0) return 2
  return probe.cells().some(({ answers }) => new Set(answers).size > 1) ? 1 : 0
}

function testOf(probe: TestProbe): ProbedTest {
  const conditions = probe.cells().map((cell) => {
    const results = probe.results(cell)
    const { condition, answers, undecided } = cell
    return {
      ...{ condition, runs: answers.length, undecided, answers: results.length },
      results: results.slice(0, MOST_BADGE_RESULTS),
    }
  })
  if (probe.invocation === undefined) throw new TypeError("A test that was not run is in no badge")
  return {
    name: shortened(probe.test.name, MOST_NAME),
    invocation: probe.invocation,
    problems: probe.problems.map((problem) => shortened(problem)),
    conditions,
  }
}

/** As the schema of badges asks. */
const MOST_SIGNS = 1000
const MOST_NAME = 256

function shortened(text: string, most = MOST_SIGNS): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
