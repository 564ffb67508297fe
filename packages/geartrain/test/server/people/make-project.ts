import { makeId } from "../../../src/server/database/make-id.ts"
import type { AppBench } from "../app-bench.ts"

/** Makes a project in a group of its own, and answers both ids: rights are asked of nothing else. */
export async function makeProject(bench: AppBench): Promise<{ readonly project: string; readonly group: string }> {
  const project = makeId()
  const group = `g${project}`
  const made = { created_ms: 0, created_by: bench.id("admin"), modified_ms: 0, revision: 1 }
  await bench.ports.database.write(async ({ sql }) => {
    await sql
      .insertInto("groups")
      .values({ id: group, label: group, ...made })
      .execute()
    await sql
      .insertInto("places")
      .values({
        id: project,
        type: "project",
        parent: group,
        group_id: group,
        project,
        lineage: `${project}/`,
        label: "p",
        metadata: "{}",
        tags: "[]",
        info: "{}",
        ...made,
        quota_bytes: null,
        deleted_ms: null,
        deleted_by: null,
        deleted_with: null,
      })
      .execute()
  })
  return { project, group }
}
