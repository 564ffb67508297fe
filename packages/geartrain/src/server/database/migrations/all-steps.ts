import { events } from "./0001-events.ts"
import type { Step } from "./migration.ts"

/** All steps from an empty database to the present schema, in their order. Their names are kept in the database. */
export const STEPS: Readonly<Record<string, Step>> = {
  "0001-events": events,
}
