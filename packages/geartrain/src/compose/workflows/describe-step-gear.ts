import { isAbsolute, join, resolve } from "node:path"
import { type Gear, GeartrainError, manifestError, parseManifest } from "@geartrain/spec"
import { additionManifestFaults } from "@geartrain/spec/additions"
import { resolveGear } from "../../engine/gears/resolve-gear.ts"
import type { Settings } from "../../settings/settings.ts"
import { readFile, stat } from "../../system/files.ts"
import { isSourceFolder } from "../gears/source-folder.ts"

/** Finds what gears say of themselves, for who runs none of them: a gear whose sources lie in a folder is not built for that. */
export interface GearDescriptions {
  /** @throws {GeartrainError} GEAR_NOT_FOUND, GEAR_AMBIGUOUS, MANIFEST_INVALID, and what importing an image throws. */
  readonly describe: (reference: string, folder: string) => Promise<Pick<Gear, "manifest">>
  readonly close: () => Promise<void>
}

export function openGearDescriptions(settings: Settings): GearDescriptions {
  const opened: Promise<{ close(): Promise<void> }>[] = []
  const keep = <Opened extends { close(): Promise<void> }>(opening: Promise<Opened>): Promise<Opened> => {
    opened.push(opening)
    return opening
  }
  let records: ReturnType<typeof openRecordsOf> | undefined
  let engine: ReturnType<typeof openEngineOf> | undefined
  return {
    describe: async (reference, folder) => {
      if (!isAbsolute(reference) && !reference.startsWith("./") && !reference.startsWith("../")) {
        records ??= keep(openRecordsOf(settings))
        return resolveGear(reference, await records)
      }
      const path = resolve(folder, reference)
      const stats = await stat(path).catch(() => undefined)
      if (stats === undefined) throw notThere(reference, path)
      if (stats.isDirectory() && isSourceFolder(path)) return await readManifest(join(path, "manifest.json"))
      const { resolveStepGear } = await import("./resolve-step-gear.ts")
      engine ??= keep(openEngineOf(settings))
      return resolveStepGear(reference, { folder, engine: await engine, settings })
    },
    close: async () => {
      // One that could not be opened was told where it was needed.
      for (const opening of await Promise.allSettled(opened)) {
        if (opening.status === "fulfilled") await opening.value.close()
      }
    },
  }
}

function notThere(reference: string, path: string): GeartrainError<"GEAR_NOT_FOUND"> {
  return new GeartrainError("GEAR_NOT_FOUND", `Cannot find gear "${reference}": there is no "${path}"`, {
    details: { reference, path },
    hint: "Name the folder of a gear's sources or an image, from the folder of the workflow",
  })
}

async function openRecordsOf(settings: Settings) {
  const { openRecords } = await import("../stores/open-records.ts")
  return openRecords(settings)
}

async function openEngineOf(settings: Settings) {
  const { openEngine } = await import("../open-engine.ts")
  return openEngine(settings, { write: true })
}

async function readManifest(file: string): Promise<Pick<Gear, "manifest">> {
  const result = parseManifest(await readFile(file))
  if (!result.ok) throw manifestError(result.faults, file)
  const faults = additionManifestFaults(result).filter(({ severity }) => severity === "error")
  if (faults.length > 0) throw manifestError(faults, file)
  return { manifest: result.manifest }
}
