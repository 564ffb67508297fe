/** Identifiers that the profiles fix. @see https://w3id.org/ro/crate/1.1, https://w3id.org/ro/wfrun/process/0.5 */
export const CRATE_CONTEXTS = [
  "https://w3id.org/ro/crate/1.1/context",
  "https://w3id.org/ro/terms/workflow-run/context",
] as const

/** What a metadata file says it conforms to begins so, whatever its version. */
export const CRATE_SPECIFICATION = "https://w3id.org/ro/crate/"
export const CRATE_VERSION = "https://w3id.org/ro/crate/1.1"

/** The family of profiles that describe runs: `process`, `workflow` and `provenance`, each followed by its version. */
export const RUN_PROFILES = "https://w3id.org/ro/wfrun/"
export const PROCESS_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
export const WORKFLOW_PROFILE = "https://w3id.org/ro/wfrun/workflow/0.5"
export const PROVENANCE_PROFILE = "https://w3id.org/ro/wfrun/provenance/0.5"
/** What the workflow profile stands on. */
export const WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"

export const COMPLETED = "http://schema.org/CompletedActionStatus"
export const FAILED = "http://schema.org/FailedActionStatus"
