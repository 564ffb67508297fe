import type { JobRecord } from "@geartrain/spec"
import { type Verified, type VerifyOptions, verifyJob } from "../../engine/again/verify-job.ts"
import { TraceSummary } from "../../provenance/trace/trace-summary.ts"
import { openStraceTracer } from "../../tracers/strace/index.ts"
import type { Engine } from "../open-engine.ts"
import { runTraced } from "./run-traced.ts"

/** A job that was run again, and what was seen of it. */
export interface TracedJob extends Verified {
  readonly seen: TraceSummary
}

/**
 * Runs a recorded job again under the eyes of a tracer, and compares its outputs: only of a job that does the same when it is watched does its trace
 * say something.
 *
 * @throws {GeartrainError} TRACER_UNAVAILABLE, TRACE_UNREADABLE, and what `verifyJob` throws.
 */
export async function traceJob(record: JobRecord, engine: Engine, options: VerifyOptions = {}): Promise<TracedJob> {
  const tracer = openStraceTracer()
  const seen = new TraceSummary()
  const run = { tracer, onEvent: seen.event }
  const verified = await runTraced(engine, run, (watched) => verifyJob(record, watched, options))
  return { ...verified, seen }
}
