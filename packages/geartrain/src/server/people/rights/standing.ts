import type { Queries } from "../../database/database.ts"
import { RIGHTS, type Right } from "../caller.ts"

/** Whether there is such a project, and what it and its group give somebody. */
export interface Standing {
  readonly exists: boolean
  readonly given: Right | undefined
}

/** One statement: it is asked before anything else is. Projects in the trash count, for whoever brings them back. */
export async function projectStanding(
  queries: Queries,
  { user, project }: { readonly user: string; readonly project: string },
): Promise<Standing> {
  const row = await queries
    .selectFrom("places")
    .leftJoin("project_members", (join) =>
      join.onRef("project_members.project", "=", "places.id").on("project_members.user_id", "=", user),
    )
    .leftJoin("group_members", (join) =>
      join.onRef("group_members.group_id", "=", "places.group_id").on("group_members.user_id", "=", user),
    )
    .select(["project_members.access_right as ofProject", "group_members.access_right as ofGroup"])
    .where("places.id", "=", project)
    .where("places.type", "=", "project")
    .executeTakeFirst()
  return { exists: row !== undefined, given: row && highest(row.ofProject, row.ofGroup) }
}

/** What a group gives somebody, in all its projects. */
export async function groupStanding(
  queries: Queries,
  { user, group }: { readonly user: string; readonly group: string },
): Promise<Standing> {
  const row = await queries
    .selectFrom("groups")
    .leftJoin("group_members", (join) =>
      join.onRef("group_members.group_id", "=", "groups.id").on("group_members.user_id", "=", user),
    )
    .select("group_members.access_right as ofGroup")
    .where("groups.id", "=", group)
    .executeTakeFirst()
  return { exists: row !== undefined, given: row && highest(row.ofGroup) }
}

/** Ids of all projects in which somebody has any right: each includes reading. */
export async function readableProjects(queries: Queries, user: string): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom("project_members")
    .select("project")
    .where("user_id", "=", user)
    .union(
      queries
        .selectFrom("group_members")
        .innerJoin("places", "places.parent", "group_members.group_id")
        .select("places.id as project")
        .where("group_members.user_id", "=", user)
        .where("places.type", "=", "project"),
    )
    .execute()
  return rows.map(({ project }) => project)
}

function highest(...rights: readonly (string | null)[]): Right | undefined {
  return RIGHTS.toReversed().find((right) => rights.includes(right))
}
