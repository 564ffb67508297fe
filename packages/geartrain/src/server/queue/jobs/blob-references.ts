import type { Queries } from "../../database/database.ts"

/** Of these digests, those that a job or a gear of the server names: their bytes stay. */
export async function jobBlobReferences(queries: Queries, digests: readonly string[]): Promise<readonly string[]> {
  if (digests.length === 0) return []
  const jobs = await queries
    .selectFrom("job_blobs")
    .select("digest")
    .distinct()
    .where("digest", "in", digests)
    .execute()
  const gears = await queries
    .selectFrom("gears")
    .select("image_digest as digest")
    .where("image_digest", "in", digests)
    .execute()
  return [...new Set([...jobs, ...gears].map(({ digest }) => digest))]
}
