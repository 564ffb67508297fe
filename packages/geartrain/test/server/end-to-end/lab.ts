import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Digest } from "@geartrain/spec"
import { type BusyboxGear, makeBusyboxGear } from "../../programs/busybox-gear.ts"

/** A server as its users reach it, with a project to work in. */
export interface Lab {
  /** Asks below /api/v1, until the server answers; throws for a status that is no good one. */
  ask<Answer = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer>
  text(path: string): Promise<string>
  /** Id of the project. */
  readonly project: string
  /** Makes a session in the project. */
  session(label: string): Promise<string>
  upload(place: string, name: string, content: Uint8Array): Promise<string>
  /** Makes a gear of busybox, and registers it. */
  gear(gear: BusyboxGear): Promise<string>
  submit(order: Readonly<Record<string, unknown>>): Promise<string>
  job(id: string): Promise<JobFacts>
  /** Resolves when the job has ended. */
  ended(id: string): Promise<JobFacts>
  runnerToken(): Promise<string>
}

export interface JobFacts {
  readonly id: string
  readonly state: string
  readonly reason?: string
  readonly exitCode?: number
  readonly attempt: number
  readonly startedMs: number
  readonly queuedMs: number
  readonly outputs?: readonly { readonly name: string; readonly digest: Digest; readonly file?: string }[]
}

/** @param reach  Tells where the server is now: it may come back elsewhere. */
export async function openLab(
  reach: () => string,
  admin: { readonly password: string; readonly folder: string },
): Promise<Lab> {
  const key = { authorization: "" }
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const isBytes = body instanceof Uint8Array
    const headers = {
      ...key,
      ...(body === undefined ? {} : { "content-type": isBytes ? "application/octet-stream" : "application/json" }),
    }
    for (let tries = 0; ; tries++) {
      try {
        const answer = await fetch(`${reach()}/api/v1${path}`, {
          method,
          headers: key.authorization === "" ? { "content-type": "application/json" } : headers,
          ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
        })
        if (answer.ok) return answer
        if (answer.status !== 503) throw new Refused(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      } catch (error) {
        if (error instanceof Refused || tries > 200) throw error
      }
      await pause(50)
    }
  }
  const ask = async <Answer = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer> =>
    (await send(method, path, body)).json() as Promise<Answer>
  const logged = await send("POST", "/login", { login: "admin", password: admin.password })
  const cookie = logged.headers
    .getSetCookie()
    .map((text) => text.split(";")[0])
    .join("; ")
  const made = await fetch(`${reach()}/api/v1/keys`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json", origin: reach() },
    body: JSON.stringify({ label: "test" }),
  })
  if (!made.ok) throw new Error(await made.text())
  key.authorization = `Bearer ${((await made.json()) as { readonly key: string }).key}`
  await ask("POST", "/groups", { id: "lab", label: "Lab" })
  const { id: project } = await ask<{ readonly id: string }>("POST", "/places", {
    type: "project",
    parent: "lab",
    label: "Study",
  })
  const { id: subject } = await ask<{ readonly id: string }>("POST", "/places", {
    type: "subject",
    parent: project,
    label: "sub-01",
  })
  const lab: Lab = {
    ask,
    project,
    text: async (path) => (await send("GET", path)).text(),
    session: async (label) =>
      (await ask<{ readonly id: string }>("POST", "/places", { type: "session", parent: subject, label })).id,
    upload: async (place, name, content) => {
      const { file } = await ask<{ readonly file: { readonly id: string } }>(
        "PUT",
        `/places/${place}/files/${name}`,
        content,
      )
      return file.id
    },
    gear: async (gear) => {
      const root = makeBusyboxGear(join(admin.folder, `root-${gear.name}`), gear)
      execFileSync("tar", ["--numeric-owner", "-C", root, "-cf", `${root}.tar`, "."])
      const bytes = readFileSync(`${root}.tar`)
      const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`
      await send("PUT", `/gears/images/${digest}`, bytes)
      return (await ask<{ readonly id: string }>("POST", "/gears", { image: digest })).id
    },
    submit: async (order) => (await ask<{ readonly job: { readonly id: string } }>("POST", "/jobs", order)).job.id,
    job: (id) => ask<JobFacts>("GET", `/jobs/${id}`),
    ended: async (id) => {
      for (;;) {
        const facts = await lab.job(id)
        if (facts.state !== "pending" && facts.state !== "running") return facts
        await pause(50)
      }
    },
    runnerToken: async () => (await ask<{ readonly token: string }>("POST", "/runner-tokens", { label: "test" })).token,
  }
  return lab
}

class Refused extends Error {}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
