import type { paths } from "@geartrain/sdk/client"
import {
  type Failure,
  type Gear,
  JOB_RECORD_FORMAT,
  type JobRecord,
  type JsonObject,
  REASONS,
  type Reason,
} from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import type { StepOrder } from "../../../workflows/workflow-jobs.ts"
import { orderedInvocation } from "../ordered-invocation.ts"

/** All facts about a job, as a server tells them. */
export type ServerJobFacts = paths["/api/v1/jobs/{job}"]["get"]["responses"]["200"]["content"]["application/json"]

/** Where a record has to say something that nobody knows. */
const UNKNOWN = "unknown"

/**
 * A record of a job that ended without one: it was cancelled while it waited, or its runners were lost. It says what the server says, and that of
 * everything else nothing is known.
 */
export function recordOfFacts(facts: ServerJobFacts, gear: Gear): JobRecord {
  const { invocation, digest } = orderedInvocation(orderOf(facts, gear), new Map())
  const last = facts.attempts.at(-1)
  const failure = facts.state === "complete" ? undefined : failureOf(facts)
  return {
    format: JOB_RECORD_FORMAT,
    id: facts.id,
    state: facts.state,
    ...(failure === undefined ? {} : { failure }),
    gear: {
      ...{ id: gear.id, name: gear.manifest.name, version: gear.manifest.version },
      ...{ platform: gear.platform, tree: gear.tree, origin: gear.origin },
    },
    invocation,
    invocationDigest: digest,
    command: [],
    inputs: {},
    outputs: [],
    skippedOutputs: [],
    host: {
      ...{ name: last?.runner.host ?? UNKNOWN, kernel: UNKNOWN, architecture: UNKNOWN },
      ...{ cpus: 0, memoryBytes: 0 },
    },
    engine: { version: UNKNOWN, node: UNKNOWN },
    limits: facts.limits,
    created: timeOf(facts.createdMs),
    ...(facts.startedMs === undefined ? {} : { started: timeOf(facts.startedMs) }),
    ...(facts.endedMs === undefined ? {} : { ended: timeOf(facts.endedMs) }),
    history: [],
  }
}

function failureOf({ id, state, reason, message }: ServerJobFacts): Failure {
  const usual: Reason = state === "cancelled" ? "CANCELLED" : "RUNNER_LOST"
  // A reason of a newer server's is none that is known here.
  const known = reason !== undefined && Object.hasOwn(REASONS, reason) ? (reason as Reason) : usual
  return {
    reason: known,
    culprit: REASONS[known].culprit,
    message: message ?? reason ?? REASONS[known].says,
    next: `gear logs --server ${id}`,
  }
}

/** The order that a job was made of, so that it has the invocation which the server fixed. */
function orderOf({ config, inputs, contexts, network }: ServerJobFacts, gear: Gear): StepOrder {
  const files = inputs.map(({ input, name, digest, sizeBytes, object }): [string, KnownFile] => {
    const { type } = object
    return [input, { name, digest, sizeBytes, ...(typeof type === "string" ? { type } : {}) } as KnownFile]
  })
  return {
    gear,
    config: config as JsonObject,
    files: new Map(files),
    contexts: contexts as NonNullable<StepOrder["contexts"]>,
    ...(network === "outbound" ? { network } : {}),
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}
