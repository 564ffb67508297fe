import type { JsonObject } from "@geartrain/spec"

/** Something that happened to something. */
export interface ServerEvent {
  readonly seq: number
  readonly atMs: number
  readonly kind: string
  readonly project: string | undefined
  readonly subject: string
  readonly byUser: string | undefined
  readonly data: JsonObject
}

export type NewEvent = Pick<ServerEvent, "kind" | "subject"> & {
  readonly project?: string | undefined
  readonly byUser?: string | undefined
  readonly data?: JsonObject
}

/** The topic that wakes readers of events. */
export const EVENTS_TOPIC = "events"
