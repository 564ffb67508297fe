import { events } from "./0001-events.ts"
import { people } from "./0002-people.ts"
import { archive } from "./0003-archive.ts"
import { gears } from "./0004-gears.ts"
import { jobs } from "./0005-jobs.ts"
import { rules } from "./0006-rules.ts"
import { batch } from "./0007-batch.ts"
import { upkeep } from "./0008-upkeep.ts"
import { byContent } from "./0009-by-content.ts"
import { runnerRest } from "./0010-runner-rest.ts"
import type { Step } from "./migration.ts"

/** All steps from an empty database to the present schema, in their order. Their names are kept in the database. */
export const STEPS: Readonly<Record<string, Step>> = {
  "0001-events": events,
  "0002-people": people,
  "0003-archive": archive,
  "0004-gears": gears,
  "0005-jobs": jobs,
  "0006-rules": rules,
  "0007-batch": batch,
  "0008-upkeep": upkeep,
  "0009-by-content": byContent,
  "0010-runner-rest": runnerRest,
}
