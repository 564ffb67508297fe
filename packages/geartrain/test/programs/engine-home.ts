import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { JobRecord } from "@geartrain/spec"
import { openImageReference } from "../../src/compose/images/open-image.ts"
import { type Engine, openEngine } from "../../src/compose/open-engine.ts"
import { importGear } from "../../src/engine/gears/import-gear.ts"
import type { JobRequest, RunJobOptions } from "../../src/engine/job-request.ts"
import { readLog } from "../../src/engine/log/read-log.ts"
import { runJob } from "../../src/engine/phases/run-job.ts"
import { readSettings } from "../../src/settings/read-settings.ts"
import { type BusyboxGear, makeBusyboxGear } from "./busybox-gear.ts"

/** An engine with a store of its own in a temporary folder. */
export interface EngineHome {
  readonly folder: string
  readonly engine: Engine
  /** Imports a gear of busybox and runs it. */
  run(gear: BusyboxGear, request?: Partial<JobRequest>, options?: RunJobOptions): Promise<JobRecord>
  /** Imports the gear in a folder that is its root filesystem, and runs it. */
  runRoot(root: string, request?: Partial<JobRequest>, options?: RunJobOptions): Promise<JobRecord>
  /** What the gear printed, both streams. */
  log(record: JobRecord): Promise<readonly string[]>
  /** Writes an input file, and answers with its path. */
  file(name: string, content: string | Uint8Array): Promise<string>
  close(): Promise<void>
}

export async function openEngineHome(options: { readonly provider?: string } = {}): Promise<EngineHome> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-engine-"))
  const settings = readSettings({
    ...process.env,
    GEARTRAIN_HOME: join(folder, "home"),
    XDG_CACHE_HOME: join(folder, "cache"),
  })
  const engine = await openEngine(settings, { ...options, write: true })
  let gears = 0
  const runRoot: EngineHome["runRoot"] = async (root, request = {}, runOptions = {}) => {
    const image = await openImageReference(root, settings, {})
    try {
      const imported = await importGear(image, engine)
      return await runJob({ gear: imported.gear, config: {}, files: {}, ...request }, engine, runOptions)
    } finally {
      await image.close()
    }
  }
  return {
    folder,
    engine,
    run: (gear, request, runOptions) => {
      gears += 1
      const root = makeBusyboxGear(join(folder, `gear-${gears}`), { name: `gear-${gears}`, ...gear })
      return runRoot(root, request, runOptions)
    },
    runRoot,
    log: async (record) => {
      const lines: string[] = []
      for await (const line of readLog(record, engine)) lines.push(line.msg)
      return lines
    },
    file: async (name, content) => {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    },
    close: async () => {
      await engine.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
