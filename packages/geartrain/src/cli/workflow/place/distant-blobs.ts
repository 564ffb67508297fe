import { type Digest, isGeartrainError, type JobRecord } from "@geartrain/spec"
import type { Engine } from "../../../compose/open-engine.ts"
import { type LentBlobs, withServerBlobs } from "../../../compose/workflows/server/server-blobs.ts"
import { StoredPlaces } from "../../../compose/workflows/server/stored-places.ts"
import type { Settings } from "../../../settings/settings.ts"
import type { RunServer } from "../../../workflows/run/fold-run.ts"
import { interruptible } from "../../run/interrupts.ts"
import { connectTo } from "../../server/connect.ts"

/**
 * Lends what jobs of a run have put out, from the server that carried them out. What cannot be had is as if it were stored no more.
 *
 * @param beside  A folder that the bytes are copied near to.
 */
export async function withDistantBlobs<Result>(
  {
    server,
    records,
    beside,
  }: { readonly server: RunServer; readonly records: readonly JobRecord[]; readonly beside: string },
  { engine, settings }: { readonly engine: Engine; readonly settings: Settings },
  use: (blobs: LentBlobs) => Promise<Result>,
): Promise<Result> {
  const client = await connectTo(settings, server.url)
  const places = new StoredPlaces()
  const sizes = new Map<Digest, number>()
  for (const { id, outputs } of records) {
    places.noteOutputs(id, outputs)
    for (const { digest, sizeBytes } of outputs) sizes.set(digest, sizeBytes)
  }
  return await interruptible(
    () => undefined,
    ({ signal }) =>
      withServerBlobs({ client, places, engine, sizes, signal }, beside, (blobs) =>
        use({
          locate: async (digest) => {
            try {
              return await blobs.locate(digest)
            } catch (error) {
              // Freed or thrown away on the server, or it is away: what is left out is told, one by one.
              if (!isGeartrainError(error)) throw error
              return undefined
            }
          },
        }),
      ),
  )
}
