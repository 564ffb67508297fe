import type { JobStore, RecordStore } from "@geartrain/ports"
import type { Settings } from "../../settings/settings.ts"

/** The records alone: what commands need that list and show. */
export interface OpenedRecords {
  readonly gears: RecordStore
  readonly jobs: JobStore
  close(): Promise<void>
}

/** Opens the records and nothing else, so that `gear jobs` loads little. */
export async function openRecords(settings: Pick<Settings, "home">): Promise<OpenedRecords> {
  const [{ openStoreHome }, records] = await Promise.all([
    import("../../stores/filesystem/home/store-home.ts"),
    import("../../stores/records/sqlite/open-records.ts"),
  ])
  const home = await openStoreHome(settings.home)
  const opened = records.openRecords(home.layout.records, { prepare: () => home.prepare() })
  return {
    gears: opened.gears,
    jobs: opened.jobs,
    close: async () => {
      await opened.close()
      await home.close()
    },
  }
}
