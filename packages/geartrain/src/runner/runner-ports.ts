import type { Digest, Gear, GearId } from "@geartrain/spec"
import type { EnginePorts } from "../engine/engine-ports.ts"
import type { RunnerServer } from "./server/runner-server.ts"

/** What a runner has to work with. */
export interface RunnerPorts {
  readonly server: RunnerServer
  /** A store of its own; no other process writes to it. */
  readonly engine: EnginePorts
  /** Where it writes down which attempts it has: the only thing that a restarted runner believes. */
  readonly attemptsFolder: string
  /** Blobs of the server that can be read here, by their digest: its own disk, most often. Absent: they come over the network. */
  readonly nearBlob?: (digest: Digest) => string
  /**
   * Takes a gear in that lies in a file.
   *
   * @throws {GeartrainError} CATALOGUE_DAMAGED when it is another gear than the one of this id.
   */
  readonly takeGear: (path: string, expected: { readonly id: GearId; readonly reference: string }) => Promise<Gear>
  /** One line for whoever runs it. Never a secret, nor a file's content. */
  readonly tell: (line: string, facts?: Readonly<Record<string, string | number>>) => void
}
