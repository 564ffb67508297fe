/** What jobs wait in and for. */
export interface QueueTables {
  lanes: LaneRow
  queue_turns: TurnRow
  queue_limits: LimitRow
  runners: RunnerRow
}

/** Jobs of one user in one project that ask for the same: whoever is chosen from it, the first one goes. */
export interface LaneRow {
  id: string
  owner: string
  project: string
  group_id: string
  /** `JobResources`, as canonical JSON. */
  resources: string
  pending: number
  running: number
  /** Of the job that goes next; null when none waits. */
  head_priority: number | null
  head_queued_ms: number | null
}

/** How much a user has had, in turns divided by weight: whoever had least goes first. Owner `*` has the turn that was given last. */
export interface TurnRow {
  owner: string
  turn: number
}

/** A limit, weight or pause; subject `*` is for all of the kind that have none of their own. */
export interface LimitRow {
  kind: "site" | "user" | "project" | "group" | "runner"
  subject: string
  /** Jobs that may run at once; null for no limit. */
  running: number | null
  /** Of a user: how many turns it gets for one of another's. Null for 1. */
  weight: number | null
  /** 1: nothing of it is given to runners. */
  paused: number
  revision: number
}

export interface RunnerRow {
  id: string
  /** Whose token it came with. */
  principal: string
  name: string
  host: string
  slots: number
  /** Slots that it said are free. */
  free: number
  labels: string
  capabilities: string
  versions: string
  cpus: number
  memory_bytes: number
  gpus: number
  /** 1: an admin wants it to take no new jobs. */
  drained: number
  /** 1: it says so itself. */
  draining: number
  created_ms: number
  seen_ms: number
  /** Until when it takes no jobs, since its machine has failed some; null for no rest. */
  rest_until_ms: number | null
  /** Reason of the failure that the rest began with. */
  rest_why: string | null
}
