import type { Kysely } from "kysely"
import type { Columns } from "./columns.ts"

/**
 * One step of the schema. A step that was released is never changed: another one is added. It knows no table types, since those are of today,
 * and it is of its own time.
 */
export type Step = (schema: Kysely<never>["schema"], columns: Columns) => Promise<void>
