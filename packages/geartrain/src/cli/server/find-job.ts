import { answered, type GearClient, type paths } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"

/** A job as a list of the server's has it. */
export type ServerJob = paths["/api/v1/jobs"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number]

/** All facts about one. */
export type ServerJobFacts = paths["/api/v1/jobs/{job}"]["get"]["responses"]["200"]["content"]["application/json"]

/** Among so many of the newest jobs the beginning of an id is looked for. */
const MOST_LOOKED_AT = 1000

/**
 * Finds the job that is meant: its id, the beginning of one, or `latest`.
 *
 * @throws {GeartrainError} JOB_NOT_FOUND
 */
export async function findServerJob(client: GearClient, word: string): Promise<ServerJobFacts> {
  return answered(await client.api.GET("/api/v1/jobs/{job}", { params: { path: { job: await idOf(client, word) } } }))
}

async function idOf(client: GearClient, word: string): Promise<string> {
  if (/^[0-9a-f]{24}$/.test(word)) return word
  const limit = word === "latest" ? 1 : MOST_LOOKED_AT
  const { items } = answered(await client.api.GET("/api/v1/jobs", { params: { query: { limit } } }))
  const found = word === "latest" ? items : items.filter(({ id }) => id.startsWith(word) && word !== "")
  const [first, second] = found
  if (first !== undefined && second === undefined) return first.id
  throw new GeartrainError(
    "JOB_NOT_FOUND",
    first === undefined
      ? `There is no job "${word}" that you can see on ${client.url}`
      : `Several jobs on ${client.url} begin with "${word}": ${first.id}, ${second?.id} …`,
    { details: { word }, hint: "List them: gear jobs --server" },
  )
}
