import type { ArchivePorts } from "../archive/archive-ports.ts"
import type { PeoplePorts } from "../people/people-ports.ts"
import type { QueuePorts } from "../queue/queue-ports.ts"
import type { RulesPorts } from "../rules/rules-ports.ts"

/** What Flywheel's paths stand on: the rooms whose services they call. */
export interface FlywheelPorts extends PeoplePorts, ArchivePorts, Omit<QueuePorts, "blobs">, RulesPorts {
  readonly settings: {
    /** Of the program. */
    readonly version: string
    readonly publicUrl?: string
  }
}
