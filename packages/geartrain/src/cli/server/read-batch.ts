import { answered, type GearClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import type { BatchTarget, FailureGroup, ServerBatch } from "./batch-lines.ts"

/** So many places that are left out are shown. */
const MOST_SHOWN = 20

const LEFT_OUT = ["ambiguous", "no-match", "no-permission"] as const

/** @throws {GeartrainError} BATCH_NOT_FOUND for what is no id of one. */
export function batchId(word: string): string {
  if (/^[0-9a-f]{24}$/.test(word)) return word
  throw new GeartrainError(
    "BATCH_NOT_FOUND",
    `Cannot find batch "${word}": a batch goes by its id, of 24 hexadecimal digits`,
    {
      hint: "List them with their ids: gear batch ls PROJECT",
    },
  )
}

export async function readBatch(client: GearClient, batch: string): Promise<ServerBatch> {
  return answered(await client.api.GET("/api/v1/batches/{batch}", { params: { path: { batch } } }))
}

/** The first places of a batch that nothing runs for. */
export async function leftOut(client: GearClient, batch: string): Promise<readonly BatchTarget[]> {
  const found: BatchTarget[] = []
  for (const outcome of LEFT_OUT) {
    const query = { outcome, limit: MOST_SHOWN }
    const params = { path: { batch }, query }
    found.push(...answered(await client.api.GET("/api/v1/batches/{batch}/targets", { params })).items)
  }
  return found.slice(0, MOST_SHOWN)
}

export async function failuresOf(client: GearClient, batch: string): Promise<readonly FailureGroup[]> {
  const params = { path: { batch } }
  return answered(await client.api.GET("/api/v1/batches/{batch}/failures", { params })).items
}
