import { type Gear, isGeartrainError, type JobRecord, type JsonObject } from "@geartrain/spec"
import type { EnginePorts } from "../../engine/engine-ports.ts"
import type { RunJobOptions } from "../../engine/job-request.ts"
import { readLog } from "../../engine/log/read-log.ts"
import { runJob } from "../../engine/phases/run-job.ts"
import { checkJob } from "./check-job.ts"
import type { ReadTest } from "./read-test.ts"

/** What came of one test under one provider. */
export interface TestResult {
  readonly test: string
  readonly provider: string
  readonly passed: boolean
  /** What is otherwise than expected, a sentence each. */
  readonly problems: readonly string[]
  /** Absent where there never was a job: the test asks for what the gear does not take. */
  readonly job?: JobRecord
}

/**
 * Runs a gear as its test says, and holds what came of it against the test.
 *
 * The job is kept like any other, so that one that failed can be looked at.
 *
 * @throws {GeartrainError} what has nothing to do with the test: no provider, a full disk, an interruption.
 */
export async function runTest(
  test: ReadTest,
  means: { readonly gear: Gear; readonly ports: EnginePorts; readonly provider: string },
  options: RunJobOptions,
): Promise<TestResult> {
  const { gear, ports, provider } = means
  try {
    const request = { gear, config: (test.test.config ?? {}) as JsonObject, files: test.inputs }
    const job = await runJob(request, ports, options)
    return await judge(test, { test: test.name, provider, job }, ports)
  } catch (error) {
    if (!isGeartrainError(error, "INVOCATION_INVALID")) throw error
    return { test: test.name, provider, passed: false, problems: [error.message] }
  }
}

/** Holds a job that ended against a test, which may have been changed since it ran. */
export async function judge(
  test: ReadTest,
  ran: Pick<TestResult, "test" | "provider"> & { readonly job: JobRecord },
  ports: EnginePorts,
): Promise<TestResult> {
  const problems = await checkJob(test, ran.job, { blobs: ports.blobs, log: messagesOf(ran.job, ports) })
  return { ...ran, passed: problems.length === 0, problems }
}

async function* messagesOf(job: JobRecord, ports: EnginePorts): AsyncGenerator<string> {
  for await (const line of readLog(job, ports)) yield line.msg
}
