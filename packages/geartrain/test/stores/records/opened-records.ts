import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import type { Verification } from "@geartrain/spec"
import { openRecords, type Records } from "../../../src/stores/records/sqlite/open-records.ts"
import { digest, jobId } from "./sample-records.ts"

export interface OpenedRecords {
  readonly folder: string
  readonly records: Records
}

export async function opened(context: TestContext): Promise<OpenedRecords> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-records-"))
  const records = openRecords(join(folder, "records.db"), { prepare: async () => {} })
  context.after(async () => {
    await records.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { folder, records }
}

export function verification(number: number): Verification {
  return {
    at: `2026-03-01T00:00:${String(number).padStart(2, "0")}.000Z`,
    job: jobId(1000 + number),
    provider: "crun",
    verdict: "identical",
    differences: [],
  }
}

export function output(number: number): {
  readonly path: string
  readonly digest: ReturnType<typeof digest>
  readonly sizeBytes: number
} {
  return { path: `out-${number}`, digest: digest(number), sizeBytes: 1 }
}
