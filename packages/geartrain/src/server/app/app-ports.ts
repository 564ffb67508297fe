import type { ArchivePorts } from "../archive/archive-ports.ts"
import type { PeoplePorts } from "../people/people-ports.ts"
import type { QueuePorts } from "../queue/queue-ports.ts"
import type { RulesPorts } from "../rules/rules-ports.ts"
import type { AppSettings } from "./app-settings.ts"

/** What all routes together need: the ports of every room that has some. A room's routes take what they need of it. */
export interface AppPorts extends PeoplePorts, ArchivePorts, Omit<QueuePorts, "blobs">, RulesPorts {
  readonly settings: AppSettings
  /** Free bytes where the server's data lie. Absent: that is on no disk of this machine. */
  readonly freeBytes?: () => Promise<number>
}
