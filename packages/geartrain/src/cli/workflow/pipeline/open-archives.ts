import type { GearClient } from "@geartrain/sdk/client"
import type { OpenedArchives } from "../../../compose/pipelines/open-archives.ts"
import type { LocalBlobs } from "../../../engine/engine-ports.ts"
import type { Settings } from "../../../settings/settings.ts"

/** Archives that pipelines read. What it takes to ask a server is loaded when one does. */
export function openArchives(settings: Settings, blobs: LocalBlobs): OpenedArchives {
  let opening: Promise<OpenedArchives> | undefined
  const open = (): Promise<OpenedArchives> => {
    opening ??= import("../../../compose/pipelines/open-archives.ts").then((compose) =>
      compose.openArchives({
        connect: (server) => connectNamed(settings, server),
        blobs,
        folder: `${settings.home}/pipelines/arriving`,
      }),
    )
    return opening
  }
  return {
    addressOf: async (query) => (await open()).addressOf(query),
    list: async (query, signal) => (await open()).list(query, signal),
    bring: async (server, files, signal) => (await open()).bring(server, files, signal),
    close: async () => (await opening)?.close(),
  }
}

/**
 * Opens a client of the server that a document names. Whoever wrote the document gets no key that was meant for another server: that of the environment
 * goes to the server of the environment alone, and every other is one that the user has logged in to.
 */
export async function connectNamed(settings: Settings, wanted: string | undefined): Promise<GearClient> {
  const [{ connectTo, loginTo }, { openClient }] = await Promise.all([
    import("../../server/connect.ts"),
    import("@geartrain/sdk/client"),
  ])
  const own = settings.server
  if (wanted === undefined) return connectTo(settings, own)
  if (own !== undefined && openClient({ url: own }).url === openClient({ url: wanted }).url)
    return connectTo(settings, own)
  const login = await loginTo(settings, wanted)
  if (login === undefined) throw await notLoggedIn(wanted)
  return openClient({ url: login.url, token: login.token })
}

async function notLoggedIn(server: string): Promise<Error> {
  const { GeartrainError } = await import("@geartrain/spec")
  return new GeartrainError("LOGIN_NEEDED", `Nobody has logged in to "${server}" here, which the pipeline names`, {
    hint: `Log in first: gear login ${server}`,
  })
}
