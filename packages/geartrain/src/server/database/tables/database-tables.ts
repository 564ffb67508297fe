import type { EventTables } from "./event-tables.ts"

/** Every table of the server's database, each described by the room that owns it. */
export interface DatabaseTables extends EventTables {}
