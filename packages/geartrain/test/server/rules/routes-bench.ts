import type { TestContext } from "node:test"
import { saveFiles } from "../../../src/server/archive/files/save-files.ts"
import { createPlace } from "../../../src/server/archive/places/create-place.ts"
import { findPlace } from "../../../src/server/archive/places/find-place.ts"
import { createGroup } from "../../../src/server/archive/places/groups.ts"
import { stepBatches } from "../../../src/server/batch/run/run-batches.ts"
import type { Database } from "../../../src/server/database/database.ts"
import { stepRules } from "../../../src/server/rules/consume/run-rules.ts"
import { sha256 } from "../../../src/system/hash.ts"
import { type AppBench, appBench } from "../app-bench.ts"
import { person } from "../open-access.ts"
import { insertGear, manifestOf } from "./rules-bench.ts"

/** A whole application with a project, whose rules and batches go on when a test says so. `user` is its admin. */
export interface RoutesBench {
  readonly app: AppBench
  readonly project: string
  readonly acquisition: string
  /** Answers the id of the file. */
  upload(name: string, content?: string): Promise<string>
  settle(): Promise<void>
}

export async function routesBench(context: TestContext, database: Database): Promise<RoutesBench> {
  const app = await appBench(context, database)
  const admin = person(app.id("admin"), { siteAdmin: true })
  await createGroup(app.ports, admin, { id: "lab" })
  let parent = "lab"
  const ids: string[] = []
  for (const type of ["project", "subject", "session", "acquisition"] as const) {
    parent = (await createPlace(app.ports, admin, { type, parent, label: type })).id
    ids.push(parent)
  }
  const [project = ""] = ids
  await app.grant("user", project, "admin")
  await insertGear(
    database,
    manifestOf("measure", {
      inputs: { scan: { base: "file", type: { enum: ["nifti"] } } },
      config: { level: { type: "integer", default: 1 } },
    }),
  )
  return {
    app,
    project,
    acquisition: parent,
    upload: async (name, content = name) => {
      const digest = sha256(Buffer.from(content))
      const [saved] = await database.write(async (write) => {
        const place = await findPlace(write.sql, parent)
        if (place === undefined) throw new Error("the acquisition is gone")
        return saveFiles(write, {
          place,
          files: [{ name, digest, sizeBytes: content.length }],
          byUser: admin.user,
          origin: "user",
        })
      })
      return saved?.file.id ?? ""
    },
    settle: async () => {
      const fail = (error: unknown): never => {
        throw error
      }
      while ((await stepRules(app.ports)) || (await stepBatches(app.ports, fail)));
    },
  }
}
