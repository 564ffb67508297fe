import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import { type Lab, openLab } from "../end-to-end/lab.ts"
import { type LongProcess, startGear, startServer } from "../end-to-end/server-process.ts"

/** What a run of `gear` came to. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
  /** The answer of `--json`. */
  readonly data: Record<string, never>
  readonly errorCode: string | undefined
}

/** Somebody at a machine who has a key of a server. */
export interface GearUser {
  /** Runs `gear` to its end. */
  gear(...args: readonly string[]): Promise<Ran>
  /** Starts `gear`, to be disturbed. */
  start(...args: readonly string[]): LongProcess
}

export interface TestLab {
  readonly lab: Lab
  /** An empty folder. */
  readonly folder: string
  /** Where programs of the users keep what can be made again. */
  readonly cache: string
  readonly admin: GearUser
  /** Somebody without any right, and their id. */
  newcomer(): Promise<GearUser & { readonly id: string }>
}

/** Starts a server on SQLite, with a project `lab/Study`, for one test. */
export async function openTestLab(
  context: TestContext,
  { slots = 0 }: { readonly slots?: number } = {},
): Promise<TestLab> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-cli-"))
  context.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }))
  const flags = ["--port", "0", "--data", join(folder, "data"), "--slots", String(slots)]
  const server = await startServer(flags, { home: join(folder, "server") })
  context.after(() => server.end("SIGKILL"))
  const lab = await openLab(() => server.address, { password: server.password ?? "", folder })
  const home = join(folder, "user")
  const userOf = (key: string): GearUser => {
    const env = { GEARTRAIN_SERVER: server.address, GEARTRAIN_TOKEN: key }
    const start = (...args: readonly string[]): LongProcess => {
      const started = startGear(args, { home, env })
      context.after(() => started.end("SIGKILL"))
      return started
    }
    return { start, gear: async (...args) => ranOf(start(...args)) }
  }
  const { key } = await lab.ask<{ readonly key: string }>("POST", "/keys", { label: "gear" })
  return {
    lab,
    folder,
    cache: join(home, "cache"),
    admin: userOf(key),
    newcomer: async () => {
      const who = { login: "newcomer", name: "Newcomer", password: "a long password of theirs" }
      const { id } = await lab.ask<{ readonly id: string }>("POST", "/users", who)
      return { id, ...userOf(await keyOf(server.address, who)) }
    },
  }
}

async function ranOf(started: LongProcess): Promise<Ran> {
  const code = await started.ended
  const out = started.out()
  const answer = out.startsWith("{") ? JSON.parse(out.slice(0, out.indexOf("\n"))) : {}
  return { code, out, err: started.err(), data: answer.data, errorCode: answer.error?.code }
}

async function keyOf(address: string, who: { readonly login: string; readonly password: string }): Promise<string> {
  const headers = { "content-type": "application/json", origin: address }
  const logged = await fetch(`${address}/api/v1/login`, { method: "POST", headers, body: JSON.stringify(who) })
  const cookie = logged.headers.getSetCookie().map((text) => text.split(";")[0])
  const made = await fetch(`${address}/api/v1/keys`, {
    method: "POST",
    headers: { ...headers, cookie: cookie.join("; ") },
    body: JSON.stringify({ label: "gear" }),
  })
  if (!made.ok) throw new Error(await made.text())
  return ((await made.json()) as { readonly key: string }).key
}
