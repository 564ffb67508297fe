import { answered, type GearClient, openClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import { nowMs } from "../../system/clock.ts"
import type { Login } from "./login-file.ts"

/** A key of a login is good for so long. */
const KEY_MS = 90 * 24 * 3_600_000

/**
 * Logs in with a password, which is not kept: a key is made with it, for this machine, and the session ended.
 *
 * @param machine  What the key is called by, so that its user knows it in a list.
 * @throws {GeartrainError} LOGIN_FAILED, and what a server that cannot be reached throws.
 */
export async function logInWithPassword(
  url: string,
  who: { readonly login: string; readonly password: string },
  machine: string,
): Promise<Login> {
  const open = openClient({ url })
  const { response } = await open.api.POST("/api/v1/login", { body: who })
  const cookie = response.headers.getSetCookie().map((text) => text.split(";", 1)[0])
  // The header shows that no page of another site sent it.
  const headers = { cookie: cookie.join("; "), "x-gear-csrf": "1" }
  const made = await open.api.POST("/api/v1/keys", {
    body: { label: `gear on ${machine}`.slice(0, 256), expiresMs: nowMs() + KEY_MS },
    headers,
  })
  await open.api.POST("/api/v1/logout", { body: {}, headers })
  const key = answered(made)
  return {
    url: open.url,
    user: await userOf(openClient({ url, token: key.key })),
    token: key.key,
    key: key.id,
    isOwn: true,
  }
}

/** Takes a key that was made elsewhere, if the server knows it. @throws {GeartrainError} NOT_AUTHENTICATED */
export async function logInWithKey(url: string, token: string): Promise<Login> {
  const client = openClient({ url, token })
  const key = /^gtk_([0-9a-f]+)_/.exec(token)?.[1] ?? ""
  return { url: client.url, user: await userOf(client), token, key, isOwn: false }
}

async function userOf(client: GearClient): Promise<string> {
  const { user } = answered(await client.api.GET("/api/v1/me"))
  if (user !== undefined) return user.login
  throw new GeartrainError("LOGIN_FAILED", "Cannot log in with this key: it is no person's", {
    hint: "Make a key of your own on the server, and give that",
  })
}
