import { type ClientSettings, type GearClient, openClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import type { Settings } from "../../settings/settings.ts"
import type { Given } from "../command.ts"
import { type Login, openLoginFile } from "./login-file.ts"

/**
 * Opens a client of the server that is meant: the one that is named, else that of the environment, else that of the last login.
 *
 * @throws {GeartrainError} LOGIN_NEEDED, SERVER_ADDRESS_INVALID
 */
export async function connectServer(settings: Settings, given: Given): Promise<GearClient> {
  const named = given.text("server")
  // The flag alone says that it is a server, and not which.
  return await connectTo(settings, named === undefined || named === "true" ? settings.server : named)
}

/**
 * Opens a client of a certain server, or of that of the last login.
 *
 * @throws {GeartrainError} as `connectServer`
 */
export async function connectTo(
  settings: Settings,
  wanted: string | undefined,
  options: Pick<ClientSettings, "patienceMs"> = {},
): Promise<GearClient> {
  const token = settings.serverToken?.()
  if (wanted !== undefined && token !== undefined) return openClient({ ...options, url: wanted, token })
  const login = await loginTo(settings, wanted)
  if (login !== undefined) return openClient({ ...options, url: login.url, token: token ?? login.token })
  throw new GeartrainError(
    "LOGIN_NEEDED",
    wanted === undefined ? "No server is named, and none was logged in to" : `Nobody has logged in to "${wanted}" here`,
    { hint: `Log in first: gear login ${wanted ?? "URL"}` },
  )
}

/** The login to a server, or the newest one. */
export async function loginTo(settings: Settings, url: string | undefined): Promise<Login | undefined> {
  const logins = await openLoginFile(settings.config).read()
  if (url === undefined) return logins[0]
  const { url: address } = openClient({ url })
  return logins.find((login) => login.url === address)
}
