import type { ArchiveTables } from "./archive-tables.ts"
import type { BatchTables } from "./batch-tables.ts"
import type { EventTables } from "./event-tables.ts"
import type { GearTables } from "./gear-tables.ts"
import type { JobTables } from "./job-tables.ts"
import type { PeopleTables } from "./people-tables.ts"
import type { QueueTables } from "./queue-tables.ts"
import type { RuleTables } from "./rule-tables.ts"

/** Every table of the server's database, each described by the room that owns it. */
export interface DatabaseTables
  extends EventTables,
    PeopleTables,
    ArchiveTables,
    GearTables,
    QueueTables,
    JobTables,
    RuleTables,
    BatchTables {}
