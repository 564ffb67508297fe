import { ARCHIVE_CODES } from "./codes/archive.ts"
import { BUILD_CODES } from "./codes/build.ts"
import { BUNDLE_CODES } from "./codes/bundle.ts"
import { CATALOGUE_CODES } from "./codes/catalogue.ts"
import { DATA_CODES } from "./codes/data.ts"
import { EXECUTION_CODES } from "./codes/execution.ts"
import { IMAGE_CODES } from "./codes/image.ts"
import { IMPORT_CODES } from "./codes/import.ts"
import { JOB_CODES } from "./codes/job.ts"
import { MANIFEST_CODES } from "./codes/manifest.ts"
import { PEOPLE_CODES } from "./codes/people.ts"
import { PROGRAM_CODES } from "./codes/program.ts"
import { QUEUE_CODES } from "./codes/queue.ts"
import { RULES_CODES } from "./codes/rules.ts"
import { SERVER_CODES } from "./codes/server.ts"
import { STORE_CODES } from "./codes/store.ts"
import { WORKFLOW_CODES } from "./codes/workflow.ts"
import type { Entry } from "./entry.ts"

/**
 * Every error that Geartrain reports, by its stable code. Programs match on the code; the wording of messages may change.
 *
 * @example
 *   CATALOGUE.BLOB_NOT_FOUND.http // => 404
 */
export const CATALOGUE = {
  ...MANIFEST_CODES,
  ...IMAGE_CODES,
  ...BUILD_CODES,
  ...STORE_CODES,
  ...EXECUTION_CODES,
  ...JOB_CODES,
  ...ARCHIVE_CODES,
  ...CATALOGUE_CODES,
  ...BUNDLE_CODES,
  ...PROGRAM_CODES,
  ...SERVER_CODES,
  ...RULES_CODES,
  ...QUEUE_CODES,
  ...PEOPLE_CODES,
  ...DATA_CODES,
  ...WORKFLOW_CODES,
  ...IMPORT_CODES,
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof CATALOGUE

/** Codes that were in use once. They are never given another meaning. */
export const RETIRED_CODES: readonly string[] = []
