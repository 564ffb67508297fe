import { GeartrainError } from "@geartrain/spec"
import type { TraceBench, TraceOutcome, TraceStep } from "../laws/trace-bench.ts"
import type { TraceAction, TraceEvent, TracePlan, TracerCapabilities } from "../tracer.ts"

const EVERYTHING: TracerCapabilities = { actions: ["read", "write", "execute", "look", "connect"], failures: true }

/** What a tracer can do otherwise than it should. None of it is true of the memory tracer itself. */
export interface TracerQuirks {
  readonly plan?: (plan: TracePlan) => TracePlan
  readonly outcome?: (outcome: TraceOutcome) => TraceOutcome
  readonly event?: (event: TraceEvent) => readonly TraceEvent[]
  readonly recordOf?: (events: readonly TraceEvent[]) => readonly TraceEvent[]
  readonly discardsWrites?: boolean
  readonly sharesRecords?: boolean
  readonly ignoresChildren?: boolean
  readonly losesRecordOnKill?: boolean
  readonly keepsRecordInBox?: boolean
  readonly readsOnlyOnce?: boolean
  readonly takesNoRecordForEmpty?: boolean
  readonly takesCutForShort?: boolean
}

/**
 * A tracer in memory, with a box to run programs in: keeps every law of tracers. The box has a flat filesystem of texts, in which nobody listens
 * on any port.
 */
export function memoryTraceBench(capabilities: TracerCapabilities = EVERYTHING, quirks: TracerQuirks = {}): TraceBench {
  const world = new MemoryWorld(capabilities, quirks)
  return {
    tracer: {
      name: "memory",
      capabilities,
      plan: async (folder) => world.plan(folder),
      events: (folder) => world.events(folder),
    },
    folder: async () => world.newFolder(),
    run: async (steps, plan) => world.run(steps, plan),
    cutShort: async (folder) => world.cutShort(folder),
  }
}

interface MemoryRecord {
  readonly events: readonly TraceEvent[]
  readonly whole: boolean
}

/** Thrown by the step that ends a program. */
class ProgramEnd extends Error {
  readonly code: number

  constructor(code: number) {
    super(`The program ends with ${code}`)
    this.code = code
  }
}

const MOUNTED = "/run/memory-tracer"

class MemoryWorld {
  readonly #offered: ReadonlySet<TraceAction>
  readonly #failures: boolean
  readonly #quirks: TracerQuirks
  readonly #records = new Map<string, MemoryRecord>()
  #files = new Map([["/bin/true", ""]])
  #folders = 0

  constructor(capabilities: TracerCapabilities, quirks: TracerQuirks) {
    this.#offered = new Set(capabilities.actions)
    this.#failures = capabilities.failures
    this.#quirks = quirks
  }

  newFolder(): string {
    this.#folders += 1
    return `/memory/trace-${this.#folders}`
  }

  plan(folder: string): TracePlan {
    const mounts = [{ source: "/memory/tracer", target: MOUNTED, access: "read-only" }] as const
    const plan: TracePlan = { mounts, prefix: [MOUNTED, folder], around: [] }
    return this.#quirks.plan?.(plan) ?? plan
  }

  run(steps: readonly TraceStep[], plan?: TracePlan): TraceOutcome {
    const before = new Map(this.#files)
    const program = new MemoryProgram(this.#files)
    const outcome = program.run(steps)
    if (plan === undefined) return outcome
    if (this.#quirks.discardsWrites) this.#files = before
    this.#keep(this.#recordKey(plan.prefix[1] ?? ""), program, outcome)
    return this.#quirks.outcome?.(outcome) ?? outcome
  }

  cutShort(folder: string): void {
    const record = this.#records.get(this.#recordKey(folder))
    if (record !== undefined)
      this.#records.set(this.#recordKey(folder), { events: record.events.slice(0, -1), whole: false })
  }

  async *events(folder: string): AsyncGenerator<TraceEvent> {
    const key = this.#recordKey(folder)
    const record = this.#records.get(key)
    if (record === undefined && this.#quirks.takesNoRecordForEmpty) return
    if (record === undefined) throw unreadable(folder, "there is none")
    if (!record.whole && !this.#quirks.takesCutForShort) throw unreadable(folder, "it ends in the middle of an event")
    yield* record.events
    if (this.#quirks.readsOnlyOnce) this.#records.set(key, { events: [], whole: true })
  }

  #recordKey(folder: string): string {
    return this.#quirks.sharesRecords ? "all" : folder
  }

  #keep(key: string, program: MemoryProgram, outcome: TraceOutcome): void {
    const quirks = this.#quirks
    const destroyed = quirks.keepsRecordInBox ? program.seen.findLastIndex(({ path }) => path === MOUNTED) : -1
    const seen = program.seen.slice(destroyed + 1).filter(({ inChild }) => !(inChild && quirks.ignoresChildren))
    const events = seen
      .flatMap(({ event }) => (event === undefined ? [] : [event]))
      .flatMap((event) => quirks.event?.(event) ?? this.#offers(event))
    const lost = quirks.losesRecordOnKill && outcome.code === 137
    const earlier = quirks.sharesRecords ? (this.#records.get(key)?.events ?? []) : []
    const record = lost ? [] : (quirks.recordOf?.(events) ?? events)
    this.#records.set(key, { events: [...earlier, ...record], whole: true })
  }

  #offers(event: TraceEvent): readonly TraceEvent[] {
    return this.#offered.has(event.action) && (event.succeeded || this.#failures) ? [event] : []
  }
}

function unreadable(folder: string, why: string): GeartrainError<"TRACE_UNREADABLE"> {
  return new GeartrainError("TRACE_UNREADABLE", `Cannot read trace "${folder}": ${why}`, {
    details: { folder },
    hint: "Run the job again",
  })
}

/** Something that a program did: an event, or a path that it destroyed. */
interface Seen {
  readonly inChild: boolean
  readonly event?: TraceEvent
  readonly path?: string
}

class MemoryProgram {
  readonly seen: Seen[] = []
  readonly #files: Map<string, string>
  #stdout = ""
  #depth = 0

  constructor(files: Map<string, string>) {
    this.#files = files
  }

  run(steps: readonly TraceStep[]): TraceOutcome {
    try {
      for (const step of steps) this.#do(step)
      return { code: 0, stdout: this.#stdout }
    } catch (error) {
      if (!(error instanceof ProgramEnd)) throw error
      return { code: error.code, stdout: this.#stdout }
    }
  }

  #do(step: TraceStep): void {
    switch (step.act) {
      case "read":
      case "look":
      case "execute":
        this.#see(step.act, step.path, this.#files.has(step.path))
        return
      case "show":
        this.#see("read", step.path, this.#files.has(step.path))
        this.#stdout += this.#files.get(step.path) ?? ""
        return
      case "write":
        this.#files.set(step.path, step.text)
        this.#see("write", step.path, true)
        return
      case "destroy":
        this.#files.delete(step.path)
        this.seen.push({ inChild: this.#depth > 0, path: step.path })
        return
      case "connect":
        this.#see("connect", `${step.host}:${step.port}`, false)
        return
      case "child":
        this.#depth += 1
        for (const inner of step.steps) this.#do(inner)
        this.#depth -= 1
        return
      case "print":
        this.#stdout += step.text
        return
      case "exit":
        throw new ProgramEnd(step.code)
      case "kill":
        throw new ProgramEnd(137)
    }
  }

  #see(action: TraceAction, subject: string, succeeded: boolean): void {
    this.seen.push({ inChild: this.#depth > 0, event: { action, subject, succeeded } })
  }
}
