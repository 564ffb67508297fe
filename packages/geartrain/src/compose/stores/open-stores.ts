import type { RootForm } from "@geartrain/ports"
import type { Settings } from "../../settings/settings.ts"

/**
 * Opens what is kept in the home folder. Reads and makes nothing before it is used.
 *
 * @param options.rootForm  Tells in which form a new root filesystem can be mounted here; asked when there is one to store.
 */
export async function openStores(
  settings: Pick<Settings, "home">,
  options: { readonly rootForm?: () => Promise<RootForm | undefined> } = {},
) {
  const [{ openStore }, { openRecords }] = await Promise.all([
    import("../../stores/filesystem/open-store.ts"),
    import("../../stores/records/sqlite/open-records.ts"),
  ])
  const store = await openStore(settings.home, options.rootForm === undefined ? {} : { form: options.rootForm })
  const records = openRecords(store.recordsPath, { prepare: () => store.home.prepare() })
  return {
    ...store,
    ...records,
    close: async (): Promise<void> => {
      await records.close()
      await store.close()
    },
  }
}

/** What `openStores` opens: the stores of the engine's ports, and more that only their own care needs. */
export type OpenedStores = Awaited<ReturnType<typeof openStores>>
