import type {
  ContextInput,
  Digest,
  Gear,
  Invocation,
  InvocationDigest,
  JobId,
  JobRecord,
  JsonObject,
  Limits,
} from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"

/** A gear with everything that it reads: what a job of a plan has become when all that it waits for is there. */
export interface StepOrder {
  readonly gear: Gear
  readonly config: JsonObject
  /** By the name of the input; of one that takes several, `input/name`. */
  readonly files: ReadonlyMap<string, KnownFile>
  readonly contexts?: Readonly<Record<string, ContextInput["value"]>>
  readonly network?: "outbound"
}

/** What an order comes to, by content. */
export interface OrderedInvocation {
  readonly digest: InvocationDigest
  readonly invocation: Invocation
}

/** A job that ended well, and whose outputs stand for those of the same invocation. */
export interface ReusableJob {
  readonly id: JobId
  readonly outputs: JobRecord["outputs"]
  readonly wallMs: number
  readonly ended: string
}

export type Presence = "stored" | "freed" | "missing"

export interface RunOptions {
  /** What the job is called: whoever chose it can find the record of a job whose end it did not see. Default: a new one. */
  readonly id?: JobId
  /** What people know it by, where a job has such a name: its key in the plan. */
  readonly label?: string
  readonly limits?: Limits
  /** Aborting cancels the job. */
  readonly signal?: AbortSignal
  /** Aborting cancels it without a grace time. */
  readonly force?: AbortSignal
  readonly onCreated?: (id: JobId) => Promise<void> | void
}

/**
 * What a workflow needs of whatever carries out jobs: the engine on this machine, or a server's queue. Nothing here knows of graphs.
 */
export interface WorkflowJobs {
  /** @throws {GeartrainError} GEAR_NOT_FOUND and whatever else resolving throws. @param folder  What a path of a gear goes from. */
  resolveGear(reference: string, folder: string): Promise<Gear>
  /** Reads a file for its digest, or recalls it. @throws {GeartrainError} INPUT_… @param input  What errors name. Default: the file's name. */
  readFile(path: string, name: string, input?: string): Promise<KnownFile>
  /** No I/O but what a gear's first order needs; a tenth of a millisecond for each. @throws {GeartrainError} INVOCATION_INVALID. */
  invocationOf(order: StepOrder): OrderedInvocation
  /**
   * The last job of each invocation that may stand for it. Asked for thousands at once.
   *
   * @param acceptExitCodes  Where none ended well, one that ended by itself with one of these stands for it, too.
   */
  findSame(
    digests: readonly InvocationDigest[],
    acceptExitCodes?: readonly number[],
  ): Promise<ReadonlyMap<InvocationDigest, ReusableJob>>
  /** Whether the bytes are there. */
  presence(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, Presence>>
  /** Runs an order to its end. What the gear did wrong is in the record; only what has no record is thrown. */
  run(order: StepOrder, options: RunOptions): Promise<JobRecord>
  get(id: JobId): Promise<JobRecord | undefined>
  /** Removes bytes that these jobs gave, and that no other job or person needs, and marks them as freed. Answers what went. */
  free(
    jobs: readonly JobId[],
    outputs: readonly Digest[],
  ): Promise<{ readonly digests: readonly Digest[]; readonly bytes: number }>
}
