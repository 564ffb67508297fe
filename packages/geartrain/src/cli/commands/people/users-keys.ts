import type { paths } from "@geartrain/sdk/client"
import { GeartrainError, type JsonObject } from "@geartrain/spec"
import { readPages } from "../../../archive/transfer/read-pages.ts"
import { nowMs } from "../../../system/clock.ts"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"
import { textTable } from "../../output/text-table.ts"
import { connectServer } from "../../server/connect.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"
import { findUserThere } from "./find-user.ts"

export const usersKeysCommand: Command = {
  name: "users keys",
  arguments: [{ name: "LOGIN", says: "Whose keys" }],
  flags: {
    revoke: { type: "text", value: "KEY", says: "End this key at once, by its id; all ends every one" },
    ...SERVER_FLAG,
  },
  examples: [
    { command: "gear users keys ada", says: "List Ada's keys, and when and from where each was used last" },
    { command: "gear users keys ada --revoke all", says: "End all of them: a machine of hers was stolen" },
  ],
  notes: ["A key itself is shown to nobody after it was made."],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const { id, login } = await findUserThere(client, given.words[0] ?? "")
    const wish = given.text("revoke")
    const ask = (query: { readonly limit: number; readonly cursor?: string }) =>
      client.api.GET("/api/v1/users/{id}/keys", { params: { path: { id }, query } })
    const keys: Key[] = []
    for await (const some of readPages(ask)) keys.push(...some)
    const revoked =
      wish === undefined ? [] : keys.filter((key) => key.revokedMs === undefined && (wish === "all" || key.id === wish))
    if (wish !== undefined && wish !== "all" && !keys.some((key) => key.id === wish)) throw keyNotFound(wish, login)
    for (const key of revoked) {
      await client.api.DELETE("/api/v1/keys/{id}", { params: { path: { id: key.id } } })
      context.reply.print(escapeText(`ended ${key.id}  ${key.label}`))
    }
    if (wish !== undefined) {
      if (revoked.length === 0) context.reply.say("No key of these counted any more")
      return { data: { login, revoked: revoked.map((key) => key.id) } }
    }
    for (const key of keys) context.reply.item(key as unknown as JsonObject)
    const rows = keys.map((key) => [
      key.id,
      escapeText(key.label),
      key.scopes === undefined ? "all" : `${key.scopes.length} scopes`,
      key.lastUsedMs === undefined ? "never" : `${timeOf(key.lastUsedMs)} ${escapeText(key.lastUsedFrom ?? "")}`,
      stateOf(key),
    ])
    if (rows.length > 0) for (const line of textTable(COLUMNS, rows)) context.reply.print(line)
    else context.reply.say(escapeText(`${login} has no keys`))
    return {}
  },
}

type Key = paths["/api/v1/users/{id}/keys"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number]

function keyNotFound(key: string, login: string): GeartrainError {
  return new GeartrainError("TOKEN_NOT_FOUND", `${login} has no key "${key}"`, {
    hint: `List them: gear users keys ${shellWord(login)}`,
  })
}

function stateOf({ revokedMs, expiresMs }: Key): string {
  if (revokedMs !== undefined) return "ended"
  if (expiresMs === undefined) return "counts"
  return expiresMs <= nowMs() ? "expired" : `until ${timeOf(expiresMs)}`
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")}`
}

const COLUMNS = [
  { title: "KEY" },
  { title: "LABEL" },
  { title: "MAY" },
  { title: "USED (UTC)" },
  { title: "IS" },
] as const
