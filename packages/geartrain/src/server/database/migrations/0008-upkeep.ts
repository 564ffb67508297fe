import type { Step } from "./migration.ts"

export const upkeep: Step = async (schema) => {
  // What was used in some time is added up in this order.
  await schema.createIndex("attempts_by_end").on("attempts").columns(["ended_ms", "job", "attempt"]).execute()
}
