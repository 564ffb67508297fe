import { GeartrainError } from "@geartrain/spec"
import type { Kysely } from "kysely"
import { Migrator } from "kysely/migration"
import type { OpenOptions } from "../database.ts"
import type { DatabaseTables } from "../tables/database-tables.ts"
import { STEPS } from "./all-steps.ts"
import { columnsOf } from "./columns.ts"
import { STEPS_TABLE, takenSteps } from "./taken-steps.ts"

/**
 * Brings the schema up to date: all steps that were not taken yet, or none. Servers that start at once wait for each other.
 *
 * @param steps  Those of this program, unless fewer are wanted. "as it is" takes none, and refuses what is newer all the same.
 * @throws {GeartrainError} DATABASE_TOO_NEW when a newer program has taken steps that this one does not know.
 */
export async function migrateDatabase(
  kysely: Kysely<DatabaseTables>,
  kind: "sqlite" | "postgres",
  steps: NonNullable<OpenOptions["steps"]> = STEPS,
): Promise<void> {
  await refuseNewer(kysely, steps === "as it is" ? STEPS : steps)
  if (steps === "as it is") return
  const columns = columnsOf(kind)
  const migrator = new Migrator({
    db: kysely,
    migrationTableName: STEPS_TABLE,
    migrationLockTableName: "schema_lock",
    provider: {
      getMigrations: async () =>
        Object.fromEntries(
          Object.entries(steps).map(([name, step]) => [
            name,
            { up: (database: Kysely<never>) => step(database.schema, columns) },
          ]),
        ),
    },
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

async function refuseNewer(kysely: Kysely<DatabaseTables>, steps: object): Promise<void> {
  const unknown = (await takenSteps(kysely)).filter((name) => !Object.hasOwn(steps, name))
  if (unknown.length === 0) return
  throw new GeartrainError(
    "DATABASE_TOO_NEW",
    `A newer server has changed this database: it knows step "${unknown[0]}"`,
    {
      details: { unknown },
      hint: "Use the newer Geartrain again, or give this one a database of its own",
    },
  )
}
