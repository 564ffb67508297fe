import { JOB_STATES } from "@geartrain/spec"
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client"
import type { Database } from "../../database/database.ts"
import { readQueueState } from "./queue-state.ts"

/** What the server tells a monitoring system of itself. */
export interface ServerMetrics {
  /** One request that was answered. `route` is a pattern, such as `/api/v1/jobs/:id`, so that there are not endlessly many. */
  answered(request: {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly ms: number
  }): void
  /** All of it, in Prometheus' text format. */
  text(): Promise<string>
  readonly contentType: string
}

/** Answers are quick, or wait for a job: seconds. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/**
 * Counts requests as they are answered, and looks at the queue when somebody asks.
 *
 * @see https://prometheus.io/docs/practices/naming/
 */
export function serverMetrics(database: Database, now: () => number): ServerMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: "geartrain_http_requests_total",
    help: "Requests answered",
    labelNames: ["method", "route", "status"],
    registers,
  })
  const seconds = new Histogram({
    name: "geartrain_http_request_duration_seconds",
    help: "From a request to the end of its answer",
    labelNames: ["method", "route"],
    buckets: BUCKETS_S,
    registers,
  })
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge =>
    new Gauge({ name: `geartrain_${name}`, help, labelNames: [...labelNames], registers })
  const jobs = gauge("jobs", "Jobs that wait, run or have ended", ["state"])
  const oldest = gauge(
    "oldest_pending_job_seconds",
    "How long the first job of the queue has waited; 0 when none waits",
  )
  const runners = gauge("runners", "Runners that were heard of lately", ["state"])
  const slots = gauge("runner_slots", "Jobs that these runners can run at once")
  const stored = gauge("stored_bytes", "Bytes of all versions of all files, each counted as often as it is named")
  const events = gauge("events_last_seq", "Number of the newest event")
  const look = async (): Promise<void> => {
    const state = await readQueueState(database.read, now())
    for (const name of JOB_STATES) jobs.set({ state: name }, state.jobs[name])
    oldest.set(state.oldestPendingMs / 1000)
    runners.set({ state: "working" }, state.runners.working)
    runners.set({ state: "draining" }, state.runners.draining)
    runners.set({ state: "resting" }, state.runners.resting.length)
    slots.set(state.slots)
    stored.set(state.storedBytes)
    events.set(state.lastEvent)
  }
  return {
    answered: ({ method, route, status, ms }) => {
      requests.inc({ method, route, status })
      seconds.observe({ method, route }, ms / 1000)
    },
    text: async () => {
      await look()
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
