import type { JobRow } from "../../database/tables/job-tables.ts"
import type { Right } from "../../people/caller.ts"

/** What a gear may do with its job's token in the project: to write it has to have a key that was granted, and that is not for reading only. */
export function tokenRight(row: Pick<JobRow, "keys">): Right {
  const keys = JSON.parse(row.keys) as readonly { readonly readOnly: boolean }[]
  return keys.some(({ readOnly }) => !readOnly) ? "write" : "read"
}
