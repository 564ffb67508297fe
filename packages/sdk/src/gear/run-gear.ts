import { type GearContext, type GearContextOptions, openGearContext } from "./gear-context.ts"
import type { ManifestShape } from "./manifest-types.ts"
import { setExitCode, writeLogLine } from "./system/standard-error.ts"

/**
 * Runs a gear's own code, and writes its metadata when it ends well. When it throws, the reason is the last line of the log, and the job fails.
 *
 * @param manifest  The gear's manifest, `as const`.
 */
export async function runGear<const Manifest extends ManifestShape>(
  manifest: Manifest,
  main: (context: GearContext<Manifest>) => Promise<void>,
  options: GearContextOptions = {},
): Promise<void> {
  try {
    const context = await openGearContext(manifest, options)
    await main(context)
    await context.writeMetadata()
  } catch (error) {
    const trace = error instanceof Error ? (error.stack ?? "").split("\n").slice(1) : []
    for (const line of trace) writeLogLine("DEBUG", line.trim())
    writeLogLine("ERROR", error instanceof Error ? error.message : String(error))
    setExitCode(1)
  }
}
