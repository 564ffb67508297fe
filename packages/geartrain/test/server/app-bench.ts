import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import type { BlobStore } from "@geartrain/ports"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import type { LightMyRequestResponse } from "fastify"
import type { AppPorts } from "../../src/server/app/app-ports.ts"
import type { AppSettings } from "../../src/server/app/app-settings.ts"
import { buildApp } from "../../src/server/app/build-app.ts"
import { makeTurns } from "../../src/server/archive/uploads/turns.ts"
import type { Database } from "../../src/server/database/database.ts"
import type { ApiApp } from "../../src/server/http/api-app.ts"
import { insertUser } from "../../src/server/people/accounts/make-user.ts"
import { openAudit } from "../../src/server/people/audit/open-audit.ts"
import type { Right } from "../../src/server/people/caller.ts"
import type { LogInElsewhere } from "../../src/server/people/oidc/log-in-elsewhere.ts"
import { type PeopleSettings, USUAL_PEOPLE_SETTINGS } from "../../src/server/people/people-ports.ts"
import { type AccessParts, makeAccess } from "../../src/server/people/rights/make-access.ts"
import { giveRight } from "../../src/server/people/rights/members.ts"
import { makeApiKey } from "../../src/server/people/tokens/api-keys.ts"
import { queueDesk } from "../../src/server/queue/job-desk.ts"
import { jobBlobReferences } from "../../src/server/queue/jobs/blob-references.ts"
import { archiveForJobs } from "../../src/server/queue/neighbours/archive-for-jobs.ts"
import { tokensForJobs } from "../../src/server/queue/neighbours/tokens-for-jobs.ts"
import { type QueuePorts, type QueueSettings, USUAL_QUEUE_SETTINGS } from "../../src/server/queue/queue-ports.ts"
import { manifestReader } from "./manifest-reader.ts"
import { person } from "./open-access.ts"

/** `admin` of the site; `user` and `other` with the rights that a test grants, in projects that there are; `nobody` shows nothing of who they are. */
export type Who = "admin" | "user" | "other" | "nobody"

/** A whole server application, without a port that it listens on. */
export interface AppBench {
  readonly app: ApiApp
  readonly ports: AppPorts
  /** Listens on a free port of loopback, and answers the address: for what needs real connections. */
  listen(): Promise<string>
  /** Sends requests as one of them. */
  as(who: Who): Client
  /** Sends requests with these headers, whoever that is. */
  showing(headers: Readonly<Record<string, string>>): Client
  /** An API key of theirs, for all that they may. */
  key(who: Exclude<Who, "nobody">): string
  /** Id of a user. */
  id(who: Exclude<Who, "nobody">): string
  grant(who: Exclude<Who, "nobody">, project: string, right: Right): Promise<void>
}

export interface Client {
  get(path: string, options?: Options): Promise<Reply>
  head(path: string, options?: Options): Promise<Reply>
  delete(path: string, options?: Options): Promise<Reply>
  post(path: string, body?: unknown, options?: Options): Promise<Reply>
  put(path: string, body?: unknown, options?: Options): Promise<Reply>
  patch(path: string, body?: unknown, options?: Options): Promise<Reply>
}

interface Options {
  readonly headers?: Readonly<Record<string, string>>
}

export interface Reply {
  readonly status: number
  readonly headers: LightMyRequestResponse["headers"]
  /** The body as JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all shapes, and a wrong guess fails them
  readonly body: any
  readonly text: string
  readonly bytes: Buffer
}

/**
 * Builds the application on a database, and closes it after the test. Bodies that are bytes go as `application/octet-stream`, all others as
 * JSON. Paths begin at `/api/v1`, or at the root where they begin with `/api/`.
 *
 *   const bench = await appBench(context, await databases.open(context))
 *   assert.equal((await bench.as("admin").get("/health")).status, 200)
 */
export async function appBench(
  context: Pick<TestContext, "after">,
  database: Database,
  options: {
    readonly blobs?: BlobStore
    readonly settings?: Partial<AppSettings>
    readonly peopleSettings?: Partial<PeopleSettings>
    readonly queueSettings?: Partial<QueueSettings>
    readonly oidc?: LogInElsewhere
    readonly now?: () => number
    readonly onUnnoted?: AccessParts["onUnnoted"]
  } = {},
): Promise<AppBench> {
  const { now = Date.now } = options
  const audit = openAudit(database, now)
  const uploadFolder = await mkdtemp(join(tmpdir(), "geartrain-uploads-"))
  const queue: QueuePorts = {
    database,
    now,
    access: makeAccess({ database, audit, onUnnoted: options.onUnnoted ?? (() => undefined) }),
    blobs: options.blobs ?? memoryBlobStore(),
    jobArchive: archiveForJobs,
    jobTokens: tokensForJobs(now),
    gearReader: manifestReader,
    queueSettings: { ...USUAL_QUEUE_SETTINGS, ...options.queueSettings },
  }
  const ports: AppPorts = {
    ...queue,
    audit,
    uploadFolder,
    uploadTurns: makeTurns(),
    references: [jobBlobReferences],
    desk: queueDesk(queue),
    zipMembers: async () => undefined,
    ...(options.oidc === undefined ? {} : { oidc: options.oidc }),
    peopleSettings: { ...USUAL_PEOPLE_SETTINGS, ...options.peopleSettings },
    settings: { version: "0.0.0", ...options.settings },
  }
  const people = await makePeople(ports)
  const app = await buildApp(ports)
  // Whoever opened the database may have closed it already: then nobody looks for the last entries of the audit.
  context.after(async () => {
    await app.close()
    await audit.close().catch(() => undefined)
    await rm(uploadFolder, { recursive: true })
  })
  return {
    app,
    ports,
    listen: () => app.listen({ host: "127.0.0.1", port: 0 }),
    as: (who) => clientOf(app, who === "nobody" ? {} : { authorization: `Bearer ${people[who].key}` }),
    showing: (headers) => clientOf(app, headers),
    id: (who) => people[who].id,
    key: (who) => people[who].key,
    grant: (who, project, right) =>
      database.write((write) =>
        giveRight(write, { place: { project }, user: people[who].id, right, givenMs: now(), givenBy: people.admin.id }),
      ),
  }
}

interface Person {
  readonly id: string
  readonly key: string
}

async function makePeople(ports: AppPorts): Promise<Readonly<Record<Exclude<Who, "nobody">, Person>>> {
  const make = async (login: string): Promise<Person> => {
    const siteAdmin = login === "admin"
    const { id } = await ports.database.write((write) =>
      insertUser(write, { login, name: login, email: `${login}@lab.example`, siteAdmin, nowMs: ports.now() }),
    )
    return { id, key: (await makeApiKey(ports, person(id), { label: "bench" })).key }
  }
  return { admin: await make("admin"), user: await make("user"), other: await make("other") }
}

function clientOf(app: ApiApp, own: Readonly<Record<string, string>>): Client {
  const send = (
    method: "GET" | "HEAD" | "DELETE" | "POST" | "PUT" | "PATCH",
    path: string,
    { body, headers = {} }: Options & { readonly body?: unknown },
  ): Promise<Reply> => {
    const isBytes = body instanceof Uint8Array
    const type = isBytes ? "application/octet-stream" : "application/json"
    const payload = isBytes ? Buffer.from(body) : JSON.stringify(body)
    const request = {
      method,
      url: path.startsWith("/api/") ? path : `/api/v1${path}`,
      headers: { ...own, ...(body === undefined ? {} : { "content-type": type }), ...headers },
      ...(body === undefined ? {} : { payload }),
    }
    return app.inject(request).then(replyOf)
  }
  return {
    get: (path, options = {}) => send("GET", path, options),
    head: (path, options = {}) => send("HEAD", path, options),
    delete: (path, options = {}) => send("DELETE", path, options),
    post: (path, body, options = {}) => send("POST", path, { ...options, body }),
    put: (path, body, options = {}) => send("PUT", path, { ...options, body }),
    patch: (path, body, options = {}) => send("PATCH", path, { ...options, body }),
  }
}

function replyOf(answer: LightMyRequestResponse): Reply {
  const isJson = /json/.test(String(answer.headers["content-type"])) && answer.body !== ""
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    bytes: answer.rawPayload,
    body: isJson ? answer.json() : undefined,
  }
}
