import type {
  Digest,
  Gear,
  GearId,
  InvocationDigest,
  JobId,
  JobRecord,
  JobState,
  TreeDigest,
  Verification,
} from "@geartrain/spec"

/** What a list of jobs shows: taken from the record, so that listing ten thousand reads no record. */
export interface JobSummary {
  readonly id: JobId
  readonly state: JobState
  readonly gear: string
  readonly gearId: GearId
  readonly created: string
  readonly ended?: string
  readonly exitCode?: number
  readonly reason?: string
  readonly wallMs?: number
}

export interface JobQuery {
  readonly states?: readonly JobState[]
  /** Gear name, `name@version` or gear id. */
  readonly gear?: string
  /** Newest first. */
  readonly limit?: number
}

/** The process that runs a job, so that another can tell whether it is still there, and signal it. */
export interface JobOwner {
  readonly pid: number
  /** When the process started, in the kernel's own units: a process id is used again, the pair is not. */
  readonly startTime: string
  readonly host: string
}

/** Bytes that were removed to make room, since a job can make them again. */
export interface FreedBlob {
  readonly digest: Digest
  readonly sizeBytes: number
  /** ISO 8601, UTC. */
  readonly at: string
}

/** What a collection did that is to be remembered. */
export interface CollectionMarks {
  readonly freed: readonly FreedBlob[]
  /** Bytes that were said to be freed, and are there: the mark was behind. */
  readonly stored: readonly Digest[]
}

/** What must not be collected as garbage, and what may be freed. */
export interface Referenced {
  /** Outputs, logs and inputs of every job. */
  readonly blobs: ReadonlySet<Digest>
  /** Root filesystems of every gear, and of every job that has not ended. */
  readonly roots: ReadonlySet<TreeDigest>
  /** Milliseconds since 1970: what was stored or touched from then on is spared too. Infinity when nobody is writing. */
  readonly spareSinceMs: number
  /** Inputs, outputs and logs of jobs that have not ended. */
  readonly busy: ReadonlySet<Digest>
  /** Blobs that were freed. */
  readonly freed: ReadonlySet<Digest>
  /** All jobs, and all gears. */
  readonly jobs: ReadonlySet<JobId>
  readonly gears: ReadonlySet<GearId>
}

/** What a collection asks about, where that is not everything. */
export interface CollectedThings {
  readonly blobs: readonly Digest[]
  readonly jobs: readonly JobId[]
  readonly gears: readonly GearId[]
}

/**
 * Keeps gears, the references that point to them, and the records of jobs. Small, kept for ever, and never wrong after a crash: every method
 * that changes something is one atomic, durable step.
 */
export interface RecordStore {
  /** Keeps a gear. One that is kept already stays as it was first imported. */
  putGear(gear: Gear): Promise<void>
  getGear(id: GearId): Promise<Gear | undefined>
  listGears(): Promise<readonly Gear[]>
  /** Forgets a gear and the references to it. Does nothing when it is not there. */
  removeGear(id: GearId): Promise<void>
  /**
   * Points a reference (`name@version` or a name of the user's) to a gear, and answers where it pointed before.
   *
   * @throws {GeartrainError} GEAR_NOT_FOUND when the gear is not kept.
   */
  setReference(reference: string, id: GearId): Promise<GearId | undefined>
  listReferences(): Promise<ReadonlyMap<string, GearId>>
  removeReference(reference: string): Promise<void>
  /** Gears whose reference, or whose id from its first digits (8 or more) on, is this text. */
  findGears(reference: string): Promise<readonly Gear[]>
  /** Of the gears whose manifest has this name, the one that was imported last. */
  newestGear(name: string): Promise<Gear | undefined>
}

/**
 * The part of the records that is about jobs. A step of a job that goes on survives the death of any program; the record of one that has ended
 * survives the loss of power, too.
 */
export interface JobStore {
  /** @throws {GeartrainError} JOB_EXISTS when the id is taken. */
  create(record: JobRecord, owner: JobOwner): Promise<void>
  /**
   * Replaces the record, if its state is still `from` and may become the new one's.
   *
   * @returns false, with nothing changed, when the job is in another state by now.
   */
  update(record: JobRecord, from: JobState): Promise<boolean>
  get(id: JobId): Promise<JobRecord | undefined>
  /** Jobs whose id begins with these digits (4 or more): two at most, which is enough to see that the text is ambiguous. */
  find(prefix: string): Promise<readonly JobId[]>
  list(query: JobQuery): Promise<readonly JobSummary[]>
  /** Jobs that have these bytes as an input, as an output or as their log, oldest first. */
  naming(blob: Digest): Promise<readonly JobId[]>
  owner(id: JobId): Promise<JobOwner | undefined>
  /**
   * Adds to the job's history, which `create` alone takes from a record and `update` leaves as it is.
   *
   * @throws {GeartrainError} JOB_NOT_FOUND.
   */
  addVerification(id: JobId, verification: Verification): Promise<void>
  /** Bytes that were freed, and that a job still names, in the order of their digests. `get` says it of each output. */
  listFreed(): Promise<readonly FreedBlob[]>
  /**
   * Takes the word back that bytes were freed: they are stored again. The end of a job that is no verification does so for its outputs; one
   * that is compares, and leaves it to whoever wanted the bytes.
   */
  markStored(blobs: readonly Digest[]): Promise<void>
  /**
   * Forgets a job that has ended. Does nothing when it is not there.
   *
   * @throws {GeartrainError} JOB_NOT_ENDED.
   */
  remove(id: JobId): Promise<void>
}

/** What a job took. */
export interface JobFigures {
  readonly wallMs?: number
  readonly outputBytes: number
  readonly peakMemoryBytes?: number
}

/**
 * What planning asks of the records: of jobs that ended well, and whose outputs stand for those of every job with the same invocation. That are
 * none that were experiments, comparisons, runs of a folder as it lay there, or given a key.
 */
export interface JobHistory {
  /** The last such job of each invocation, as it was recorded; asked for thousands at once. */
  standing(invocations: readonly InvocationDigest[]): Promise<ReadonlyMap<InvocationDigest, JobRecord>>
  /** Of jobs that failed, and are such jobs otherwise, the last of each invocation that ended with one of these exit codes. */
  failed(
    invocations: readonly InvocationDigest[],
    exitCodes: readonly number[],
  ): Promise<ReadonlyMap<InvocationDigest, JobRecord>>
  /** The newest such jobs of a gear, by name, newest first. */
  newest(gearName: string, most: number): Promise<readonly JobRecord[]>
  /** What the newest such jobs of a gear, by name, took; newest first. Reads no record. */
  figures(gearName: string, most: number): Promise<readonly JobFigures[]>
}

/** A writer's word that it is storing bytes which no record refers to yet. */
export interface WriteLease {
  end(): Promise<void>
}

/**
 * Keeps writers and the garbage collector apart, across processes.
 *
 * A writer takes a lease before it looks at or stores any blob or root, and ends it when records refer to them. Taking a lease waits while
 * a collection runs, and a collection spares what was stored or touched since the oldest lease whose process still lives.
 */
export interface CollectionGuard {
  startWriting(owner: JobOwner): Promise<WriteLease>
  /**
   * Calls `remove` while nobody can take a lease or add a reference, and remembers what it answers in the same step: either all of it or, when
   * the program dies meanwhile, nothing.
   *
   * @param remove  Has to be quick (rename, not delete), and must not write records: it would wait for itself.
   * @param about  All that `remove` asks about. Then what it is told may leave out everything else, so that few bytes cost no look at all records.
   */
  collect(remove: (referenced: Referenced) => Promise<CollectionMarks>, about?: CollectedThings): Promise<void>
  /** What `collect` would spare at this moment. Keeps nobody from writing, so it is good for telling people only. */
  referenced(): Promise<Referenced>
}
