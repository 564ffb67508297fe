import { answered, type GearClient } from "@geartrain/sdk/client"
import { isGeartrainError } from "@geartrain/spec"

/** The analysis of a project that has this label; it is made where there is none. Twice at once comes to one. */
export async function findAnalysis(
  client: GearClient,
  { project, label, description }: { readonly project: string; readonly label: string; readonly description: string },
  signal: AbortSignal,
): Promise<string> {
  const known = await lookFor(client, { project, label }, signal)
  if (known !== undefined) return known
  try {
    const body = { parent: project, label, description }
    return answered(await client.api.POST("/api/v1/analyses", { body, signal })).id
  } catch (error) {
    // It was made before, and the answer was lost on its way.
    const made = isGeartrainError(error, "LABEL_TAKEN") ? await lookFor(client, { project, label }, signal) : undefined
    if (made === undefined) throw error
    return made
  }
}

async function lookFor(
  client: GearClient,
  { project, label }: { readonly project: string; readonly label: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const query = { path: `${project}/analyses/${label}` }
    const found = answered(await client.api.GET("/api/v1/lookup", { params: { query }, signal }))
    return found.kind === "place" ? found.place.id : undefined
  } catch (error) {
    if (isGeartrainError(error, "PLACE_NOT_FOUND")) return undefined
    throw error
  }
}
