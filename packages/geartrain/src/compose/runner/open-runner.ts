import { importGear } from "../../engine/gears/import-gear.ts"
import { runRunner } from "../../runner/runner.ts"
import type { RunnerPorts } from "../../runner/runner-ports.ts"
import type { RunnerSettings, RunnerSignals } from "../../runner/runner-settings.ts"
import { httpServer } from "../../runner/server/http-server.ts"
import type { Settings } from "../../settings/settings.ts"
import { holdFolder } from "../../system/hold-folder.ts"
import { openImageReference } from "../images/open-image.ts"
import { openEngine } from "../open-engine.ts"

export type { RunnerSettings } from "../../runner/runner-settings.ts"

/** Where a runner works, and for whom. */
export interface RunnerPlace {
  readonly server: URL
  readonly token: string
  /** Absolute; of this runner alone. */
  readonly workFolder: string
  /** Folder of the server's blobs, where that can be read here. */
  readonly nearBlobs?: string | undefined
  readonly provider?: string | undefined
}

export interface RunnerWatch {
  readonly settings: Settings
  readonly signals: RunnerSignals
  readonly tell: RunnerPorts["tell"]
}

/**
 * Runs a runner until it is told to end.
 *
 *   <work>/lock        of the process that has it
 *   <work>/store/      gears, inputs and the work of running jobs: a store as any other
 *   <work>/attempts/   which attempts it answers for
 *
 * @throws {GeartrainError} FOLDER_IN_USE; PROVIDER_UNAVAILABLE; what `runRunner` throws.
 */
export async function openRunner(place: RunnerPlace, how: RunnerSettings, watch: RunnerWatch): Promise<void> {
  const held = await holdFolder(place.workFolder, "runner")
  try {
    const settings = { ...watch.settings, home: `${place.workFolder}/store` }
    const engine = await openEngine(settings, {
      write: true,
      box: true,
      ...(place.provider === undefined ? {} : { provider: place.provider }),
    })
    try {
      const { nearBlobs } = place
      const ports: RunnerPorts = {
        server: httpServer(place.server, place.token),
        engine,
        attemptsFolder: `${place.workFolder}/attempts`,
        ...(nearBlobs === undefined ? {} : { nearBlob: (digest) => blobBelow(nearBlobs, digest) }),
        takeGear: async (path, expected) => {
          const image = await openImageReference(path, settings, {})
          try {
            // Faults of the manifest were the server's to tell; a version that moved has its own id.
            return (await importGear(image, engine, { expected, force: true })).gear
          } finally {
            await image.close()
          }
        },
        tell: watch.tell,
      }
      await runRunner(ports, how, watch.signals)
    } finally {
      await engine.close()
    }
  } finally {
    held.release()
  }
}

/** @see stores/filesystem/home/layout.ts */
function blobBelow(folder: string, digest: string): string {
  const hex = digest.slice("sha256:".length)
  return `${folder}/sha256/${hex.slice(0, 2)}/${hex}`
}
