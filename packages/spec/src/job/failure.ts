/** What is to blame for a job that did not complete: the one question that its user has. */
export type Culprit = "gear" | "input" | "config" | "resources" | "platform" | "user" | "unknown"

/** Why a job ended as it did, by a stable word for people and pages. No code branches on it. */
export const REASONS = {
  NONZERO_EXIT: { culprit: "gear", says: "the gear ended with an exit code other than 0" },
  KILLED_BY_SIGNAL: { culprit: "gear", says: "a signal that Geartrain did not send ended the gear" },
  COMMAND_NOT_FOUND: { culprit: "gear", says: "the gear's command is not in its filesystem" },
  COMMAND_NOT_EXECUTABLE: { culprit: "gear", says: "the gear's command cannot be executed" },
  OUT_OF_MEMORY: { culprit: "resources", says: "the gear needed more memory than its limit" },
  TIME_LIMIT: { culprit: "resources", says: "the gear ran longer than its time limit" },
  OUTPUT_LIMIT: { culprit: "resources", says: "the gear wrote more than its limit" },
  PROCESS_LIMIT: { culprit: "resources", says: "the gear started more processes than its limit" },
  NETWORK_DENIED: { culprit: "config", says: "the gear tried to reach the network, which it was not granted" },
  DISK_FULL: { culprit: "platform", says: "the disk of this machine is full" },
  INPUT_CHANGED: { culprit: "input", says: "an input file changed while the job ran" },
  INPUT_UNREADABLE: { culprit: "input", says: "an input file could not be read" },
  PROVIDER_FAILED: { culprit: "platform", says: "the provider could not start or watch the gear" },
  ENGINE_LOST: { culprit: "platform", says: "the program that ran the job ended before the job did" },
  OUTPUT_UNREADABLE: { culprit: "platform", says: "the outputs could not be read or stored" },
  METADATA_INVALID: { culprit: "gear", says: "what the gear wrote to .metadata.json cannot be used" },
  OUTPUT_MISSING: { culprit: "gear", says: "the gear did not write an output that its manifest promises" },
  RUNNER_LOST: { culprit: "platform", says: "the runner of the job was not heard of any more, or gave it back" },
  DESTINATION_GONE: { culprit: "user", says: "the place that the outputs were for is not there any more" },
  OUTPUT_REFUSED: { culprit: "gear", says: "the archive does not take an output" },
  CANCELLED: { culprit: "user", says: "somebody cancelled the job" },
} as const satisfies Record<string, { readonly culprit: Culprit; readonly says: string }>

export type Reason = keyof typeof REASONS

/** Why a job did not complete. */
export interface Failure {
  readonly reason: Reason
  readonly culprit: Culprit
  /** One sentence, with the figures of this job. */
  readonly message: string
  /** What shows it: the last telling line of the log, or what the system counted. */
  readonly evidence?: string
  /** The command to type next. */
  readonly next: string
}
