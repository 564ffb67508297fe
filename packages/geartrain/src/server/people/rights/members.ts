import { GeartrainError } from "@geartrain/spec"
import type { Queries, Write } from "../../database/database.ts"
import { findUser, findUserByName, type User } from "../accounts/user.ts"
import type { Caller, Right } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"

/** Somebody who has a right in a project or group. */
export interface Member {
  readonly user: string
  readonly login: string
  readonly name: string
  readonly right: Right
  readonly givenMs: number
  /** `group` when a project has it from its group. */
  readonly from: "project" | "group"
}

/** A project, by id, or a group. */
export type MemberPlace = { readonly project: string } | { readonly group: string }

/** @throws {GeartrainError} PROJECT_NOT_FOUND, NOT_PERMITTED */
export async function listMembers(ports: PeoplePorts, caller: Caller, place: MemberPlace): Promise<readonly Member[]> {
  if ("group" in place) {
    await ports.access.needGroup(caller, { right: "admin", group: place.group, action: "group.members.list" })
    await needGroupThere(ports.database.read, place.group)
    return groupMembers(ports.database.read, place.group)
  }
  const { project } = place
  await ports.access.need(caller, { right: "read", project, action: "project.members.list", target: project })
  const { read } = ports.database
  const row = await read.selectFrom("places").select("group_id").where("id", "=", project).executeTakeFirst()
  return [...(await projectMembers(read, project)), ...(await groupMembers(read, row?.group_id ?? ""))]
}

/**
 * Gives somebody a right in a project or group, in place of the one they had there. They are named by id, by what they log in with, or by their
 * address: whole, so that an admin of a project finds who they know, and nobody else. Each try is in the audit, and only after that is it looked for.
 *
 * @throws {GeartrainError} PROJECT_NOT_FOUND, NOT_PERMITTED, USER_NOT_FOUND
 */
export async function setMember(
  ports: PeoplePorts,
  caller: Caller,
  request: { readonly place: MemberPlace; readonly user: string; readonly right: Right },
): Promise<Member> {
  await needAdmin(ports, caller, request)
  const { place, user, right } = request
  const givenMs = ports.now()
  const found = await ports.database.write(async (write) => {
    const { id, login, name } = await needUser(write.sql, user)
    await giveRight(write, { place, user: id, right, givenMs, givenBy: caller.user })
    return { user: id, login, name }
  })
  return { ...found, right, givenMs, from: "group" in place ? "group" : "project" }
}

/**
 * Takes a right away. What was running goes on; what asks from now on is refused.
 *
 * @throws {GeartrainError} PROJECT_NOT_FOUND, NOT_PERMITTED, USER_NOT_FOUND
 */
export async function removeMember(
  ports: PeoplePorts,
  caller: Caller,
  request: { readonly place: MemberPlace; readonly user: string },
): Promise<void> {
  await needAdmin(ports, caller, request)
  const { place } = request
  await ports.database.write(async (write) => {
    const { id: user } = await needUser(write.sql, request.user)
    const { numDeletedRows } =
      "group" in place
        ? await write.sql
            .deleteFrom("group_members")
            .where("group_id", "=", place.group)
            .where("user_id", "=", user)
            .executeTakeFirst()
        : await write.sql
            .deleteFrom("project_members")
            .where("project", "=", place.project)
            .where("user_id", "=", user)
            .executeTakeFirst()
    if (Number(numDeletedRows) === 0)
      throw new GeartrainError("USER_NOT_FOUND", `Cannot take the right of "${user}" away: they have none here`)
    await tell(write, { place, user, byUser: caller.user, right: null })
  })
}

/** The same in a transaction of somebody else's: whoever makes a project is its admin. Asks nobody. */
export async function giveRight(
  write: Write,
  gift: {
    readonly place: MemberPlace
    readonly user: string
    readonly right: Right
    readonly givenMs: number
    readonly givenBy: string
  },
): Promise<void> {
  const { place, user, right, givenMs, givenBy } = gift
  const given = { access_right: right, given_ms: givenMs, given_by: givenBy }
  if ("group" in place) {
    await write.sql
      .insertInto("group_members")
      .values({ group_id: place.group, user_id: user, ...given })
      .onConflict((conflict) => conflict.columns(["group_id", "user_id"]).doUpdateSet(given))
      .execute()
  } else {
    await write.sql
      .insertInto("project_members")
      .values({ project: place.project, user_id: user, ...given })
      .onConflict((conflict) => conflict.columns(["project", "user_id"]).doUpdateSet(given))
      .execute()
  }
  await tell(write, { place, user, right, byUser: givenBy })
}

async function needUser(queries: Queries, user: string): Promise<User> {
  const found = (await findUser(queries, user)) ?? (await findUserByName(queries, user))
  if (found === undefined)
    throw new GeartrainError("USER_NOT_FOUND", `Cannot change the rights of "${user}": there is no such user`, {
      hint: "Write the whole name that they log in with, or their whole address; who has no account gets one of an admin of the site",
    })
  return found
}

async function needAdmin(
  ports: PeoplePorts,
  caller: Caller,
  { place, user }: { readonly place: MemberPlace; readonly user: string },
): Promise<void> {
  if ("group" in place) {
    await ports.access.needGroup(caller, {
      right: "admin",
      group: place.group,
      action: "group.members.change",
      target: user,
    })
    return needGroupThere(ports.database.read, place.group)
  }
  await ports.access.need(caller, {
    right: "admin",
    project: place.project,
    action: "project.members.change",
    target: user,
  })
  // Of changes of rights nothing may be lost.
  await ports.audit.flush()
}

async function needGroupThere(queries: Queries, group: string): Promise<void> {
  const row = await queries.selectFrom("groups").select("id").where("id", "=", group).executeTakeFirst()
  if (row === undefined) throw new GeartrainError("PLACE_NOT_FOUND", `Cannot find group "${group}": there is none`)
}

async function tell(
  write: Write,
  { place, user, right, byUser }: { place: MemberPlace; user: string; right: Right | null; byUser: string },
): Promise<void> {
  const data = { user, right }
  await write.event(
    "group" in place
      ? { kind: "group.members", subject: place.group, byUser, data }
      : { kind: "project.members", subject: place.project, project: place.project, byUser, data },
  )
}

async function projectMembers(queries: Queries, project: string): Promise<readonly Member[]> {
  const rows = await queries
    .selectFrom("project_members")
    .innerJoin("users", "users.id", "project_members.user_id")
    .select(["users.id", "users.login", "users.name", "access_right", "given_ms"])
    .where("project", "=", project)
    .orderBy("users.login_key")
    .execute()
  return rows.map((row) => memberOf(row, "project"))
}

async function groupMembers(queries: Queries, group: string): Promise<readonly Member[]> {
  const rows = await queries
    .selectFrom("group_members")
    .innerJoin("users", "users.id", "group_members.user_id")
    .select(["users.id", "users.login", "users.name", "access_right", "given_ms"])
    .where("group_id", "=", group)
    .orderBy("users.login_key")
    .execute()
  return rows.map((row) => memberOf(row, "group"))
}

function memberOf(
  row: { id: string; login: string; name: string; access_right: string; given_ms: number },
  from: Member["from"],
): Member {
  const { id, login, name, access_right, given_ms } = row
  return { user: id, login, name, right: access_right as Right, givenMs: given_ms, from }
}
