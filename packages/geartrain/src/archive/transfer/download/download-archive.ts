import { answered, type GearClient } from "@geartrain/sdk/client"
import { writeByDraft } from "../../../system/linux/drafts.ts"
import { standardOutput } from "../../../system/user-files.ts"
import { lineError } from "../persist.ts"
import type { FileFilter } from "./download-tree.ts"

/** A selection that the server has counted. */
export interface Selected {
  readonly ticket: string
  readonly files: number
  readonly bytes: number
}

/** Selects the files of a place and of all below it. @throws {GeartrainError} PLACE_NOT_FOUND */
export async function selectFiles(client: GearClient, place: string, filter: FileFilter): Promise<Selected> {
  return answered(await client.api.POST("/api/v1/downloads", { body: { places: [place], files: [], ...filter } }))
}

/**
 * Downloads a selection as one archive. It cannot go on after a cut; a file has the archive whole, or is as it was.
 *
 * @param to  A path, or `-` for standard output.
 * @throws {GeartrainError} SERVER_UNREACHABLE when the line ends before the archive does.
 */
export async function downloadArchive(
  client: GearClient,
  { ticket, format, to }: { readonly ticket: string; readonly format: "tar" | "zip"; readonly to: string },
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (count: number) => void },
): Promise<void> {
  const response = await client.send(`/api/v1/downloads/${ticket}?format=${format}`, { signal })
  const pour = async (write: (bytes: Uint8Array) => Promise<unknown>): Promise<void> => {
    try {
      for await (const chunk of response.body ?? []) {
        await write(chunk)
        onBytes(chunk.length)
      }
    } catch (error) {
      signal.throwIfAborted()
      throw lineError(error)
    }
  }
  if (to === "-") {
    const output = standardOutput()
    return pour((bytes) => output.write(bytes))
  }
  await writeByDraft(to, (file) => pour((bytes) => file.writeFile(bytes)))
}
