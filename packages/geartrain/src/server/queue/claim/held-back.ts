import type { WaitingReason } from "@geartrain/spec/server"
import { type Lane, limitOf, type QueueLimits } from "./queue-view.ts"

/** How many jobs run, by whose they are. */
export interface Running {
  readonly users: ReadonlyMap<string, number>
  readonly projects: ReadonlyMap<string, number>
  readonly groups: ReadonlyMap<string, number>
}

/** What holds a lane back wherever a runner may be. */
export type Held = Extract<
  WaitingReason,
  | "WAITING_PAUSED"
  | "WAITING_PROJECT_PAUSED"
  | "WAITING_FOR_USER_LIMIT"
  | "WAITING_FOR_PROJECT_LIMIT"
  | "WAITING_FOR_GROUP_LIMIT"
>

export function runningOf(lanes: readonly Lane[]): Running {
  const users = new Map<string, number>()
  const projects = new Map<string, number>()
  const groups = new Map<string, number>()
  for (const { owner, project, group, running } of lanes) {
    if (running === 0) continue
    users.set(owner, (users.get(owner) ?? 0) + running)
    projects.set(project, (projects.get(project) ?? 0) + running)
    groups.set(group, (groups.get(group) ?? 0) + running)
  }
  return { users, projects, groups }
}

/** Pauses and limits that keep a lane from running anything; undefined when there are none. */
export function heldBack(
  lane: Pick<Lane, "owner" | "project" | "group">,
  limits: QueueLimits,
  running: Running,
): Held | undefined {
  const isFull = (kind: "user" | "project" | "group", subject: string, count: number | undefined): boolean =>
    (count ?? 0) >= (limitOf(limits, kind, subject).running ?? Number.POSITIVE_INFINITY)
  if (limitOf(limits, "site", "*").paused === true) return "WAITING_PAUSED"
  if (limitOf(limits, "project", lane.project).paused === true) return "WAITING_PROJECT_PAUSED"
  if (isFull("user", lane.owner, running.users.get(lane.owner))) return "WAITING_FOR_USER_LIMIT"
  if (isFull("project", lane.project, running.projects.get(lane.project))) return "WAITING_FOR_PROJECT_LIMIT"
  if (isFull("group", lane.group, running.groups.get(lane.group))) return "WAITING_FOR_GROUP_LIMIT"
  return undefined
}
