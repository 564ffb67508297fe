import type { DeterminismBadge } from "@geartrain/spec"

const DIGEST = `sha256:${"0".repeat(64)}` as const

/** A badge of the sample gear that says the best, but for what is said otherwise. */
export function sampleBadge(change: Partial<DeterminismBadge> = {}): DeterminismBadge {
  return {
    name: "sample",
    version: "1.0.0",
    platform: "linux/amd64",
    verdict: "deterministic",
    sameness: "bytes",
    counts: { tests: 1, failedTests: 0, runs: 12, undecided: 0 },
    tests: [
      {
        name: "simple",
        invocation: DIGEST,
        problems: [],
        conditions: [{ condition: "as-asked", runs: 8, undecided: 0, answers: 1, results: [DIGEST] }],
      },
    ],
    untried: [],
    providers: [{ name: "crun", version: "1.8.1" }],
    host: { architecture: "x86_64", kernel: "6.1.0", processor: "A Processor", cpus: 4 },
    engine: { version: "0.1.0", node: "24.0.0" },
    at: "2026-01-02T03:04:05.678Z",
    ...change,
  }
}
