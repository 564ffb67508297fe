import { type Gear, type GeartrainError, isGeartrainError, type JobRecord, type Verification } from "@geartrain/spec"
import type { ReadTest } from "../../author/gear-tests/read-test.ts"
import { runTest } from "../../author/gear-tests/run-test.ts"
import { verifyJob } from "../../engine/again/verify-job.ts"
import { whyIncomparable } from "../../engine/again/why-undecided.ts"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import type { JobRequest, RunJobOptions } from "../../engine/job-request.ts"
import { runJob } from "../../engine/phases/run-job.ts"
import type { Settings } from "../../settings/settings.ts"
import { eachProvider, type UnavailableProvider } from "./each-provider.ts"

/** What is run under every provider: a recorded job, or a gear with what it is given. */
export interface ProofSubject {
  /** Of a test. */
  readonly name?: string
  /** The job that the others are held against, or how it is run. */
  readonly first: JobRecord | FirstRun
}

type FirstRun = (
  means: { readonly ports: EnginePorts; readonly provider: string },
  options: RunJobOptions,
) => Promise<Ran>

interface Ran {
  /** Absent where the gear does not take what it is given. */
  readonly job?: JobRecord
  /** What a test finds otherwise than it expects. */
  readonly problems: readonly string[]
}

/** What came of a subject under one provider. */
export interface ProofRun {
  readonly provider: string
  /** `first`: the others are held against this one. `undecided`: it could not be carried out here, or not to its end. */
  readonly verdict: Verification["verdict"] | "first" | "undecided"
  readonly job?: JobRecord
  /** Why it is undecided. */
  readonly why?: string
}

/** What came of a subject under all of them. */
export interface ProvenCase {
  readonly name?: string
  /** The job that the others were held against. Absent when it could be carried out under no provider. */
  readonly first?: JobRecord
  readonly problems: readonly string[]
  readonly runs: readonly ProofRun[]
}

export interface Proof {
  readonly cases: readonly ProvenCase[]
  readonly unavailable: readonly UnavailableProvider[]
}

/** A gear, with what a user gives it. */
export function requestSubject(request: JobRequest): ProofSubject {
  return { first: async ({ ports }, options) => ({ job: await runJob(request, ports, options), problems: [] }) }
}

/** A gear, with what a test gives it. */
export function testSubject(gear: Gear, test: ReadTest): ProofSubject {
  return {
    name: test.name,
    first: async ({ ports, provider }, options) => await runTest(test, { gear, ports, provider }, options),
  }
}

/**
 * Runs each subject under one provider after the other, and compares: with the recorded job, or with the first run that came to its end.
 *
 * @param options.files  Where inputs of a recorded job lie by now.
 * @throws {GeartrainError} PROVIDER_UNAVAILABLE when none works; what `runJob` throws for a request that the gear does not take.
 */
export async function prove(
  subjects: readonly ProofSubject[],
  settings: Settings,
  options: RunJobOptions & {
    readonly files?: Readonly<Record<string, string>>
    readonly onStart: (provider: string, name: string | undefined) => void
  },
): Promise<Proof> {
  const { onStart, ...running } = options
  const cases = subjects.map((subject): ProvenCase => {
    const { name, first } = subject
    const known = typeof first === "function" ? {} : { first }
    return { ...(name === undefined ? {} : { name }), ...known, problems: [], runs: [] }
  })
  const unavailable = await eachProvider(settings, [], async (ports, provider) => {
    for (const [index, subject] of subjects.entries()) {
      const before = cases[index] as ProvenCase
      onStart(provider, subject.name)
      cases[index] = await runOnce(subject, before, { ports, provider, options: running })
      options.signal?.throwIfAborted()
    }
  })
  return { cases, unavailable }
}

interface Means {
  readonly ports: EnginePorts
  readonly provider: string
  readonly options: Parameters<typeof verifyJob>[2]
}

async function runOnce(subject: ProofSubject, before: ProvenCase, means: Means): Promise<ProvenCase> {
  const { provider } = means
  try {
    if (before.first === undefined && typeof subject.first === "function") {
      return await runFirst(subject.first, before, means)
    }
    const { verification, job } = await verifyJob(before.first as JobRecord, means.ports, means.options)
    return withRun(before, { provider, verdict: verification.verdict, job })
  } catch (error) {
    if (!isUndecided(error)) throw error
    return withRun(before, { provider, verdict: "undecided", why: error.message })
  }
}

async function runFirst(first: FirstRun, before: ProvenCase, { ports, provider, options }: Means): Promise<ProvenCase> {
  const { job, problems } = await first({ ports, provider }, options ?? {})
  if (job === undefined) return withRun(before, { provider, verdict: "undecided", why: problems.join("; ") })
  const why = whyIncomparable(job)
  if (why !== undefined)
    return withRun(before, { provider, job, verdict: "undecided", why: job.failure?.message ?? why })
  return withRun({ ...before, first: job, problems }, { provider, job, verdict: "first" })
}

function withRun(before: ProvenCase, run: ProofRun): ProvenCase {
  return { ...before, runs: [...before.runs, run] }
}

/** What one provider cannot do says nothing about the others. */
function isUndecided(error: unknown): error is GeartrainError {
  return isGeartrainError(error, "JOB_NOT_REPLAYABLE") || isGeartrainError(error, "CAPABILITY_MISSING")
}
