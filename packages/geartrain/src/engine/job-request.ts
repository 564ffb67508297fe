import type { RootFilesystem } from "@geartrain/ports"
import type { Destination, Gear, JobId, JsonObject, JsonValue, Limits, Network } from "@geartrain/spec"
import type { IsHeld } from "./engine-ports.ts"
import type { Experiment } from "./experiments/experiment.ts"
import type { ReadInput } from "./phases/read-input.ts"

/** A folder that is run as it lies there, without being imported. */
export interface DevelopmentRoot {
  readonly root: RootFilesystem
}

/** What somebody wants to have run. */
export interface JobRequest {
  /** What the job is called by whoever keeps a list of jobs beyond this machine's. Default: a new id. */
  readonly id?: JobId
  readonly gear: Gear
  /** For a gear that is no stored one but a folder. */
  readonly development?: DevelopmentRoot
  /** Values that the user set; defaults are filled in from the manifest. */
  readonly config: JsonObject
  /**
   * File inputs: name to path. Of an input that takes several files each has its own name, `scans/a.dcm`; the path of one that takes a folder is
   * that of the folder.
   */
  readonly files: Readonly<Record<string, string>>
  /** Files of these that were read just now: they are not read again, unless they changed. */
  readonly readFiles?: ReadonlyMap<string, ReadInput>
  /** What the gear is to see a file as, where that is not the name at its path. */
  readonly fileNames?: Readonly<Record<string, string>>
  /** Descriptions of files (type, modality, info …) beyond what name and size tell; over those. */
  readonly fileObjects?: Readonly<Record<string, JsonObject>>
  /** The place in a hierarchy that each file input lies in, where there is one. */
  readonly filePlaces?: Readonly<Record<string, Destination>>
  /** Context inputs: name to value. One that is not here is not found. */
  readonly contexts?: Readonly<Record<string, JsonValue>>
  /** Keys: name to secret. Reach config.json of this one run, or a file in its box, and nothing else. */
  readonly keys?: Readonly<Record<string, string>>
  /** What the user grants. The gear gets it if its manifest asks for it, too. */
  readonly network?: Network
  readonly destination?: Destination
  readonly limits?: Limits
  readonly replayOf?: JobId
  /** The outputs are wanted for a comparison only. */
  readonly forVerification?: true
  /** What the run is held to: see `holdRequest`. */
  readonly experiment?: Experiment
  /** Outputs of which this is true are read for their digest, and not stored. Absent: all are stored. */
  readonly isHeld?: IsHeld
}

/** What a job tells while it runs. */
export type JobEvent =
  | { readonly type: "created"; readonly id: JobId }
  | { readonly type: "warning"; readonly text: string }
  | { readonly type: "phase"; readonly phase: "preparing" | "executing" | "collecting" }
  | { readonly type: "output"; readonly stream: "stdout" | "stderr"; readonly bytes: Uint8Array }
  | { readonly type: "progress"; readonly runMs: number; readonly memoryBytes?: number }

export interface RunJobOptions {
  /** No job comes after it: the provider is closed while this one is still being recorded. */
  readonly isLast?: boolean
  /** Aborting cancels the job: the gear gets SIGTERM, and SIGKILL when it has not ended after a grace time. */
  readonly signal?: AbortSignal
  /** Aborting cancels the job without a grace time. */
  readonly force?: AbortSignal
  /** The gear's output waits for what this answers, so that a slow reader slows the gear down and does not fill the memory. */
  readonly onEvent?: (event: JobEvent) => void | Promise<void>
}
