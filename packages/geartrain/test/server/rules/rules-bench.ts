import type { TestContext } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import type { GearManifest, JsonObject } from "@geartrain/spec"
import type { Rule } from "@geartrain/spec/rules"
import { saveFiles } from "../../../src/server/archive/files/save-files.ts"
import type { ServerFile } from "../../../src/server/archive/files/server-file.ts"
import { createPlace } from "../../../src/server/archive/places/create-place.ts"
import { findPlace } from "../../../src/server/archive/places/find-place.ts"
import type { Database } from "../../../src/server/database/database.ts"
import type { Access } from "../../../src/server/people/access.ts"
import type { Caller, Right } from "../../../src/server/people/caller.ts"
import { type JobDesk, queueDesk } from "../../../src/server/queue/job-desk.ts"
import { archiveForJobs } from "../../../src/server/queue/neighbours/archive-for-jobs.ts"
import { type QueuePorts, USUAL_QUEUE_SETTINGS } from "../../../src/server/queue/queue-ports.ts"
import { stepRules } from "../../../src/server/rules/consume/run-rules.ts"
import type { RulesPorts } from "../../../src/server/rules/rules-ports.ts"
import { createRule } from "../../../src/server/rules/store/save-rule.ts"
import type { ServerRule } from "../../../src/server/rules/store/server-rule.ts"
import { sha256 } from "../../../src/system/hash.ts"
import { type ArchiveBench, archiveBench } from "../archive/archive-bench.ts"
import { person, tableAccess } from "../open-access.ts"

/** Rules over a real archive and a real queue, on a clock that a test turns. Nothing runs: a test says how jobs end. */
export interface RulesBench {
  readonly archive: ArchiveBench
  readonly ports: RulesPorts
  readonly queue: QueuePorts
  readonly clock: { nowMs: number }
  /** Admin of the project. */
  readonly boss: Caller
  /** Rights that a test may change. */
  readonly rights: Record<string, Record<string, Right>>
  gear(
    name: string,
    more?: { readonly version?: string; readonly inputs?: JsonObject; readonly config?: JsonObject },
  ): Promise<string>
  rule(rule: Omit<Rule, "rule">): Promise<ServerRule>
  /** Lets rules do all that they have to do. */
  settle(ports?: RulesPorts): Promise<void>
  place(type: "subject" | "session" | "acquisition", parent: string, label: string): Promise<string>
  upload(name: string, content?: string, place?: string): Promise<ServerFile>
  /** Ends a job as its runner would, with outputs where it goes. */
  end(
    job: string,
    outputs?: Readonly<Record<string, string>>,
    state?: "complete" | "failed",
    message?: string,
  ): Promise<void>
  jobs(): Promise<
    readonly {
      readonly id: string
      readonly gear: string
      readonly inputs: readonly string[]
      readonly state: string
    }[]
  >
  decisions(rule?: string): Promise<readonly (readonly [file: string, outcome: string])[]>
}

export async function rulesBench(context: TestContext, database: Database): Promise<RulesBench> {
  const rights: Record<string, Record<string, Right>> = {}
  const table = tableAccess(rights)
  const site: Access = { ...table, callerFor: async (user) => (user === "gone" ? undefined : person(user)) }
  const archive = await archiveBench(context, database, { access: site })
  rights["boss"] = { [archive.project]: "admin" }
  rights["writer"] = { [archive.project]: "write" }
  rights["reader"] = { [archive.project]: "read" }
  const clock = { nowMs: Date.UTC(2026, 0, 1) }
  const queue: QueuePorts = {
    database,
    access: site,
    blobs: memoryBlobStore(),
    jobArchive: archiveForJobs,
    jobTokens: { issue: async () => "token", end: async () => undefined },
    gearReader: { read: () => Promise.reject(new Error("no gear is read here")) },
    queueSettings: USUAL_QUEUE_SETTINGS,
    now: () => clock.nowMs,
  }
  const ports: RulesPorts = {
    database,
    access: site,
    desk: queueDesk(queue),
    zipMembers: async () => undefined,
    now: () => clock.nowMs++,
  }
  const boss = person("boss")
  const bench: RulesBench = {
    ...{ archive, ports, queue, clock, boss, rights },
    gear: (name, more = {}) => insertGear(database, manifestOf(name, more)),
    rule: (rule) =>
      createRule(ports, boss, { project: archive.project, document: { rule: 1, ...rule } as unknown as JsonObject }),
    settle: async (own = ports) => {
      while (await stepRules(own));
    },
    place: async (type, parent, label) => (await createPlace(archive.ports, archive.admin, { type, parent, label })).id,
    upload: (name, content = name, place = archive.acquisition) => archive.upload(place, name, content),
    end: (job, outputs = {}, state = "complete", message) => endJob(database, { job, outputs, state, message }),
    jobs: async () =>
      (await database.read.selectFrom("jobs").selectAll().orderBy("created_ms").orderBy("id").execute()).map((row) => ({
        id: row.id,
        gear: `${row.gear_name} ${row.gear_version}`,
        inputs: (JSON.parse(row.inputs) as { input: string; name: string }[]).map(
          ({ input, name }) => `${input}=${name}`,
        ),
        state: row.state,
      })),
    decisions: async (rule) => {
      let select = database.read.selectFrom("rule_decisions").selectAll()
      if (rule !== undefined) select = select.where("rule", "=", rule)
      const rows = await select.orderBy("at_ms").orderBy("id").execute()
      return rows.map(({ file_name, outcome }) => [file_name, outcome] as const)
    },
  }
  return bench
}

/** Rules of a server that dies before or after some job is submitted: nothing is written from then on. */
export function dyingPorts(ports: RulesPorts, dies: () => "before" | "after" | undefined): RulesPorts {
  let dead = false
  const die = (): never => {
    dead = true
    throw new Crash("the server died")
  }
  const desk: JobDesk = {
    ...ports.desk,
    submit: async (caller, order, options) => {
      const when = dies()
      if (when === "before") die()
      const job = await ports.desk.submit(caller, order, options)
      return when === "after" ? die() : job
    },
  }
  const write: Database["write"] = (work) => (dead ? Promise.reject(new Crash("dead")) : ports.database.write(work))
  return { ...ports, desk, database: { ...ports.database, write } }
}

/** The server dies: nothing after it is done. */
export class Crash extends Error {}

export function manifestOf(
  name: string,
  more: { readonly version?: string; readonly inputs?: JsonObject; readonly config?: JsonObject } = {},
): GearManifest {
  return {
    name,
    label: name,
    description: "For tests",
    version: "1.0",
    author: "somebody",
    license: "MIT",
    url: "",
    source: "",
    config: {},
    inputs: { scan: { base: "file" } },
    ...more,
  } as unknown as GearManifest
}

/** Registers a gear without an image, which no runner could fetch. */
export async function insertGear(database: Database, manifest: GearManifest): Promise<string> {
  const id = sha256(Buffer.from(JSON.stringify(manifest)))
  await database.write(async ({ sql }) => {
    await sql.updateTable("gears").set({ newest: 0 }).where("name", "=", manifest.name).execute()
    await sql
      .insertInto("gears")
      .values({
        id,
        name: manifest.name,
        version: manifest.version,
        label: manifest.label,
        category: "utility",
        manifest: JSON.stringify(manifest),
        platform: "linux/amd64",
        tree: id,
        image_digest: id,
        image_bytes: 1,
        state: "enabled",
        revision: 1,
        newest: 1,
        superseded_ms: null,
        created_ms: 1,
        created_by: "boss",
      })
      .execute()
  })
  return id
}

async function endJob(
  database: Database,
  {
    job,
    outputs,
    state,
    message,
  }: {
    readonly job: string
    readonly outputs: Readonly<Record<string, string>>
    readonly state: "complete" | "failed"
    readonly message: string | undefined
  },
): Promise<void> {
  await database.write(async (write) => {
    const row = await write.sql.selectFrom("jobs").selectAll().where("id", "=", job).executeTakeFirstOrThrow()
    const place = await findPlace(write.sql, row.destination_id)
    if (place === undefined) throw new Error("the destination is gone")
    const failed = state === "failed" ? { reason: "GEAR_FAILED", message: message ?? "It failed" } : {}
    await write.sql
      .updateTable("jobs")
      .set({ state, ended_ms: 1, ...failed })
      .where("id", "=", job)
      .execute()
    const files = Object.entries(outputs).map(([name, content]) => ({
      name,
      digest: sha256(Buffer.from(content)),
      sizeBytes: content.length,
    }))
    await saveFiles(write, { place, files, byUser: row.owner, origin: "job", job })
    await write.event({ kind: "job.changed", subject: job, project: row.project, data: { state } })
  })
}
