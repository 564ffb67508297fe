import { GeartrainError } from "@geartrain/spec"
import type { Kysely } from "kysely"
import { Migrator } from "kysely/migration"
import type { DatabaseTables } from "../tables/database-tables.ts"
import { STEPS } from "./all-steps.ts"
import { columnsOf } from "./columns.ts"
import type { Step } from "./migration.ts"
import { STEPS_TABLE, takenSteps } from "./taken-steps.ts"

/**
 * Brings the schema up to date: all steps that were not taken yet, or none. Servers that start at once wait for each other.
 *
 * @param steps  Those of this program; fewer in a test.
 * @throws {GeartrainError} DATABASE_TOO_NEW when a newer program has taken steps that this one does not know.
 */
export async function migrateDatabase(
  kysely: Kysely<DatabaseTables>,
  kind: "sqlite" | "postgres",
  steps: Readonly<Record<string, Step>> = STEPS,
): Promise<void> {
  await refuseNewer(kysely, steps)
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
      hint: "Start the newer server again, or give this one a database of its own",
    },
  )
}
