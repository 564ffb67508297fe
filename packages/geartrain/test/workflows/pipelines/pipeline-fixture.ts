import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { Gear } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import type { PipelineArchives } from "../../../src/workflows/pipelines/archive/pipeline-archives.ts"
import { type CheckedPipeline, readPipeline } from "../../../src/workflows/pipelines/document/read-pipeline.ts"
import { CommitStore } from "../../../src/workflows/pipelines/folders/commit-store.ts"
import {
  type PipelineMeans,
  type RunPipelinesOptions,
  runPipelines,
} from "../../../src/workflows/pipelines/run/run-pipelines.ts"
import type { StepOrder } from "../../../src/workflows/workflow-jobs.ts"
import { digestOfText, type FakeBehavior, FakeJobs } from "../fake-jobs.ts"
import { SAMPLE_STORED_GEAR } from "../sample-plan.ts"

/** A gear that takes a folder, a file and several files, all of them optional. */
function gearNamed(reference: string): Gear {
  return {
    ...SAMPLE_STORED_GEAR,
    id: digestOfText(reference) as Gear["id"],
    manifest: {
      ...SAMPLE_STORED_GEAR.manifest,
      name: reference,
      inputs: Object.fromEntries(["data", "scan", "many"].map((name) => [name, { base: "file", optional: true }])),
      config: { threads: { type: "integer", optional: true } },
      custom: { geartrain: { inputs: { data: { takes: "folder" }, many: { takes: "files" } } } },
    } as unknown as Gear["manifest"],
  }
}

/** Jobs in memory over files on the disk. */
class PipelineJobs extends FakeJobs {
  override async resolveGear(reference = ""): Promise<Gear> {
    return gearNamed(reference)
  }

  override async readFile(path: string, name: string): Promise<KnownFile> {
    const text = await readFile(path, "utf8")
    return { name, path, digest: digestOfText(text), sizeBytes: text.length }
  }
}

const asked = async (): Promise<never> => {
  throw new Error("No pipeline here reads of an archive")
}
const NO_ARCHIVES: PipelineArchives = { addressOf: asked, list: asked, bring: asked }

/** A folder with files in it, where pipelines are run. */
export interface PipelineFixture {
  readonly folder: string
  readonly jobs: PipelineJobs
  readonly store: CommitStore
  write(files: Readonly<Record<string, string>>): Promise<void>
  remove(path: string): Promise<void>
  read(...names: string[]): Promise<readonly CheckedPipeline[]>
  run(names: readonly string[], options?: RunPipelinesOptions & Partial<PipelineMeans>): ReturnType<typeof runPipelines>
  end(): Promise<void>
}

export async function openPipelineFixture(behavior: FakeBehavior = {}): Promise<PipelineFixture> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "geartrain-pipelines-")))
  const jobs = new PipelineJobs(behavior)
  const store = new CommitStore(join(folder, "home"))
  const read = (...names: string[]) =>
    Promise.all(names.map((name) => readPipeline(join(folder, `${name}.yaml`), jobs)))
  return {
    ...{ folder, jobs, store, read },
    write: async (files) => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), text)
      }
    },
    remove: (path) => rm(join(folder, path), { recursive: true }),
    run: async (names, options = {}) => {
      const emptyFile: KnownFile = { name: "", digest: digestOfText(""), sizeBytes: 0, path: "/dev/null" }
      const means: PipelineMeans = {
        jobs,
        archives: NO_ARCHIVES,
        store,
        emptyFile,
        makeAgain: async (digests) => {
          throw new Error(`Nobody freed ${digests}`)
        },
        now: () => "2026-01-01T00:00:00.000Z",
        parallel: 2,
        ...options,
      }
      return runPipelines(await read(...names), means, options)
    },
    end: () => rm(folder, { recursive: true }),
  }
}

/** What an order reads, by name, as text. */
export function namesOf(order: StepOrder): readonly string[] {
  return [...order.files.keys()].sort()
}
