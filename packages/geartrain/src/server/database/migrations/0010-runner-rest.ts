import type { Step } from "./migration.ts"

/** Runners that take no jobs for a while, and why. */
export const runnerRest: Step = async (schema, { text, whole }) => {
  await schema.alterTable("runners").addColumn("rest_until_ms", whole).execute()
  await schema.alterTable("runners").addColumn("rest_why", text).execute()
}
