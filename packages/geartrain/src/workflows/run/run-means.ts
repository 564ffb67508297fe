import type { JobId } from "@geartrain/spec"
import type { KnownFile, OpenStep, PlannedJob, RunEvent, RunState, WorkflowPlan } from "@geartrain/spec/workflow"
import type { GivenFiles } from "../orders/take-inputs.ts"
import type { WorkflowJobs } from "../workflow-jobs.ts"
import type { RunClock } from "./clock/run-clock.ts"
import type { Capacity } from "./room/slots.ts"
import type { RunJournal } from "./run-journal.ts"

/** Turns a step whose items are known now into jobs, in the order of the items. */
export type ExpandOpen = (
  step: OpenStep,
  plan: WorkflowPlan,
  done: GivenFiles & { readonly jobs: WorkflowJobs },
) => Promise<{ readonly jobs: readonly PlannedJob[]; readonly open: readonly OpenStep[] }>

/** What a run is run with. */
export interface RunMeans {
  readonly jobs: WorkflowJobs
  readonly journal: Pick<RunJournal, "append" | "settled">
  readonly clock: RunClock
  readonly newId: () => JobId
  readonly expandOpen: ExpandOpen
}

/** How it is run. */
export interface RunSettings {
  readonly capacity: Capacity
  /** What failed keeps nothing else from running. Else nothing new starts after it. */
  readonly keepGoing?: boolean
  /** Which jobs may stand for others, where that is not any. */
  readonly mayStand?: (id: JobId) => boolean
  /** The bytes of the workflow's outputs have to be there at the end. */
  readonly needsOutputs?: boolean
  /** For the record of who runs it. */
  readonly by?: { readonly pid: number; readonly host: string }
  /** What people type to see the log of a running job, but for its id. Default: `gear logs`. */
  readonly logCommand?: string
  /** Aborting cancels running jobs without a grace time. */
  readonly force?: AbortSignal
  /** Called with each event after it was handed to the journal. */
  readonly onEvent?: (event: RunEvent) => void
}

/** How a run ended. */
export interface RunOutcome {
  readonly state: RunState
  /** Files of the workflow's outputs; only of a run that is complete. */
  readonly outputs?: Readonly<Record<string, readonly KnownFile[]>>
}

/** A run that is being run. */
export interface RunningRun {
  /** Rejects only where the run itself cannot go on: its journal cannot be written, or a fault of the program. */
  readonly ended: Promise<RunOutcome>
  /** Lets running jobs end, and starts nothing new. */
  pause(why: string): void
  /** Ends running jobs. */
  cancel(why: string): void
}

type WithoutTime<Event> = Event extends RunEvent ? Omit<Event, "at"> : never

/** What happened, before somebody looked at the clock. */
export type UntimedEvent = WithoutTime<RunEvent>
