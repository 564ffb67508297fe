import { execFileSync } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import type { Gear, GearId } from "@geartrain/spec"
import type { ClaimedJob } from "@geartrain/spec/server"
import { openImageReference } from "../../../src/compose/images/open-image.ts"
import { type Engine, openEngine } from "../../../src/compose/open-engine.ts"
import { describeGear, importGear } from "../../../src/engine/gears/import-gear.ts"
import { runRunner } from "../../../src/runner/runner.ts"
import type { RunnerSettings } from "../../../src/runner/runner-settings.ts"
import { readSettings } from "../../../src/settings/read-settings.ts"
import { type BusyboxGear, makeBusyboxGear } from "../../programs/busybox-gear.ts"
import type { FakeServer } from "./fake-server.ts"

/** A runner in this process, with the real engine, and a server that a test is in command of. */
export interface RunnerBench {
  readonly folder: string
  readonly told: readonly string[]
  /** A job of a gear of busybox. */
  job(gear: BusyboxGear, more?: Partial<ClaimedJob>): Promise<ClaimedJob>
  /** Starts a runner; answers with what ends it. */
  start(settings?: Partial<RunnerSettings>): Promise<StartedRunner>
}

export interface StartedRunner {
  readonly engine: Engine
  drain(): Promise<void>
  release(): Promise<void>
  readonly ended: Promise<void>
}

export async function openRunnerBench(server: FakeServer, context: TestContext): Promise<RunnerBench> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-runner-"))
  const settings = readSettings({
    ...process.env,
    GEARTRAIN_HOME: join(folder, "store"),
    XDG_CACHE_HOME: join(folder, "cache"),
  })
  const told: string[] = []
  const running = new Set<StartedRunner>()
  context.after(async () => {
    await Promise.allSettled([...running].map((runner) => runner.release()))
    await rm(folder, { recursive: true, force: true })
  })
  const takeGear = async (engine: Engine, path: string, expected: { id: GearId; reference: string }): Promise<Gear> => {
    const image = await openImageReference(path, settings, {})
    try {
      return (await importGear(image, engine, { expected, force: true })).gear
    } finally {
      await image.close()
    }
  }
  let jobs = 0
  return {
    folder,
    told,
    job: async (gear, more = {}) => {
      jobs += 1
      const root = makeBusyboxGear(join(folder, `gear-${jobs}`), { name: `gear-${jobs}`, ...gear })
      execFileSync("tar", ["--numeric-owner", "-C", root, "-cf", `${root}.tar`, "."])
      const image = await openImageReference(`${root}.tar`, settings, {})
      const { gear: described } = await describeGear(image)
      await image.close()
      const content = await readFile(`${root}.tar`)
      return {
        ...{ job: String(jobs).padStart(24, "0"), attempt: 1, leaseMs: 0, token: "gtj_secret" },
        gear: {
          id: described.id,
          name: described.manifest.name,
          version: described.manifest.version,
          manifest: {},
          imageDigest: server.put(content),
          imageBytes: content.length,
        },
        ...{ config: {}, inputs: [], contexts: {}, keys: [], limits: {}, resources: {}, network: "none" },
        destination: { type: "session", id: "5".repeat(24) },
        invocationDigest: `sha256:${"0".repeat(64)}`,
        ...more,
      }
    },
    start: async (wanted = {}) => {
      const engine = await openEngine(settings, { write: true })
      const drain = new AbortController()
      const release = new AbortController()
      const ended = runRunner(
        {
          ...{ server, engine, attemptsFolder: join(folder, "attempts") },
          takeGear: (path, expected) => takeGear(engine, path, expected),
          tell: (line) => void told.push(line),
        },
        { name: "bench", slots: 2, labels: {}, cacheBytes: 1024 ** 3, gearBytes: 1024 ** 3, ...wanted },
        { drain: drain.signal, release: release.signal },
      ).finally(() => engine.close())
      const end = (how: AbortController) => async (): Promise<void> => {
        running.delete(started)
        how.abort()
        await ended
      }
      const started: StartedRunner = { engine, ended, drain: end(drain), release: end(release) }
      running.add(started)
      return started
    },
  }
}
