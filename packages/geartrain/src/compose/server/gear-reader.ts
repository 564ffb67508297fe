import { describeGear } from "../../engine/gears/import-gear.ts"
import { openImageStream, withFile } from "../../images/index.ts"
import type { GearReader } from "../../server/queue/gears/gear-reader.ts"
import { mkdir } from "../../system/files.ts"

/**
 * Reads packed gears with what `gear import` reads them with, so that a gear has one id wherever it is looked at.
 *
 * @param temporaryFolder  For an image that has to be read twice.
 */
export function gearReader(temporaryFolder: string): GearReader {
  return {
    read: async (bytes) => {
      await mkdir(temporaryFolder, { recursive: true, mode: 0o700 })
      const image = await openImageStream(bytes, "upload", { temporaryFolder })
      try {
        const { gear } = await describeGear({ ...image, withFile }, { force: true })
        return gear
      } finally {
        await image.close()
      }
    },
  }
}
