import type { Database } from "../../src/server/database/database.ts"

/** Counts what is asked of the database outside of transactions. */
export function counting(database: Database): { readonly database: Database; readonly asked: () => number } {
  let count = 0
  const read = database.read.withPlugin({
    transformQuery: ({ node }) => {
      count++
      return node
    },
    transformResult: async ({ result }) => result,
  })
  return { database: { ...database, read }, asked: () => count }
}
