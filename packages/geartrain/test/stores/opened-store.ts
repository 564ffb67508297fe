import { mkdtemp, readdir, rm, utimes } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import type { RootForm } from "@geartrain/ports"
import { type FilesystemStore, openStore } from "../../src/stores/filesystem/open-store.ts"
import { checkStore, type StoreFinding } from "../../src/stores/filesystem/upkeep/check-store.ts"
import {
  type CollectionResult,
  collectGarbage,
  type Freeable,
} from "../../src/stores/filesystem/upkeep/collect-garbage.ts"
import { openRecords, type Records } from "../../src/stores/records/sqlite/open-records.ts"

/** A store with its records, as the program has them open. */
export interface OpenedStore {
  readonly path: string
  readonly store: FilesystemStore
  readonly records: Records
  collect(options?: { readonly dryRun?: boolean; readonly free?: readonly Freeable[] }): Promise<CollectionResult>
  check(): Promise<readonly StoreFinding[]>
  close(): Promise<void>
}

export async function openWhole(path: string, options: { readonly form?: RootForm } = {}): Promise<OpenedStore> {
  const store = await openStore(path, options)
  const records = openRecords(store.recordsPath, { prepare: () => store.home.prepare() })
  return {
    path,
    store,
    records,
    collect: (collection) => collectGarbage({ store, guard: records.guard, jobs: records.jobs }, collection),
    check: async () => {
      const findings: StoreFinding[] = []
      const parts = { store, gears: records.gears, jobs: records.jobs, checkRecords: () => records.check() }
      for await (const finding of checkStore(parts)) findings.push(finding)
      return findings
    },
    close: async () => {
      await records.close()
      await store.close()
    },
  }
}

/** One in a folder of its own, which goes with the test. */
export async function openTemporary(
  context: TestContext,
  options: { readonly form?: RootForm } = {},
): Promise<OpenedStore> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-store-"))
  const opened = await openWhole(join(folder, "home"), options)
  context.after(async () => {
    await opened.close()
    await rm(folder, { recursive: true, force: true })
  })
  return opened
}

export async function* bytes(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

/** Makes everything in a store look as if it had been stored long ago. */
export async function backdate(path: string): Promise<void> {
  for (const folder of await readdir(join(path, "blobs/sha256")).catch(() => [])) {
    for (const name of await readdir(join(path, "blobs/sha256", folder))) {
      await utimes(join(path, "blobs/sha256", folder, name), 1, 1)
    }
  }
  for (const name of await readdir(join(path, "roots")).catch(() => [])) {
    await utimes(join(path, "roots", name, "root.json"), 1, 1)
  }
}
