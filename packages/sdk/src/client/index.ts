export type { components, operations, paths } from "./api-types.ts"
export type { StreamedEvent } from "./event-lines.ts"
export { followEvents } from "./follow-events.ts"
export { type ClientSettings, type GearClient, openClient } from "./open-client.ts"
