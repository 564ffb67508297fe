import type { TraceEvent } from "@geartrain/ports"
import { type CallEffects, callEffects, type NamedFile } from "./call-effects.ts"
import { parseLine, type RecordLine } from "./parse-line.ts"
import { descriptorOf, splitWords, textOf } from "./parse-words.ts"
import { makesProcesses, Processes, type TracedProcess } from "./processes.ts"

/** Why a record cannot be read, as the end of a sentence. */
export class UnfitRecord extends Error {}

/** More live at once in no box. */
const MOST_PROCESSES = 100_000
/** What processes did whose maker is not known yet. */
const MOST_WAITING = 100_000

/** Of a line that cannot be understood, so much is told. */
const MOST_TOLD = 200

const NO_END = "it has no end, as when the disk was full, strace was killed or there was more than 4 GiB to tell"

type Call = Extract<RecordLine, { readonly kind: "call" | "resumed" }>

/**
 * Understands a record line by line: what the gear's processes did, and not what the runtime did to make the box.
 *
 * The gear begins where, after the root folder was changed, a program is executed for the first time: no code of the gear's has run before.
 */
export class RecordReader {
  readonly #processes = new Processes()
  readonly #waiting = new Map<number, RecordLine[]>()
  #waitingLines = 0
  #first: number | undefined
  #isRootChanged = false
  #hasGear = false
  #isOver = false

  /** @throws {UnfitRecord} for a line that makes no sense. */
  line(text: string): readonly TraceEvent[] {
    const line = parseLine(text)
    if (line === undefined)
      throw new UnfitRecord(`it has a line that strace does not write: ${JSON.stringify(text.slice(0, MOST_TOLD))}`)
    if (this.#isOver) throw new UnfitRecord("it goes on after its end")
    return this.#take(line)
  }

  /** @throws {UnfitRecord} when this cannot be all. */
  end(): readonly TraceEvent[] {
    if (!this.#isOver) throw new UnfitRecord(NO_END)
    if (!this.#hasGear) throw new UnfitRecord("no gear was started")
    return [...this.#waiting.keys()].flatMap((pid) => {
      this.#processes.orphan(pid)
      return this.#release(pid)
    })
  }

  #take(line: RecordLine): readonly TraceEvent[] {
    const process = this.#processes.get(line.pid) ?? this.#newProcess(line.pid)
    if (process === undefined) return this.#wait(line)
    switch (line.kind) {
      case "call":
        return this.#returned(process, line)
      case "begun":
        process.begun = { name: line.name, words: line.words }
        if (makesProcesses(line.name)) this.#processes.startMaking(process)
        return []
      case "resumed":
        return this.#resumed(process, line)
      case "ended":
        this.#processes.ended(line.pid)
        this.#isOver = line.pid === this.#first
        return []
      case "superseded":
        this.#processes.superseded(line.pid, line.by)
        return []
      case "other":
        return []
    }
  }

  #newProcess(pid: number): TracedProcess | undefined {
    if (this.#processes.size >= MOST_PROCESSES) throw new UnfitRecord("it has too many processes")
    if (this.#first === undefined) {
      this.#first = pid
      return this.#processes.first(pid)
    }
    return this.#waiting.has(pid) ? undefined : this.#processes.appeared(pid)
  }

  #wait(line: RecordLine): readonly TraceEvent[] {
    this.#waitingLines += 1
    if (this.#waitingLines > MOST_WAITING) throw new UnfitRecord("it does not tell who made its processes")
    const lines = this.#waiting.get(line.pid) ?? []
    lines.push(line)
    this.#waiting.set(line.pid, lines)
    return []
  }

  #release(pid: number): readonly TraceEvent[] {
    const lines = this.#waiting.get(pid) ?? []
    this.#waiting.delete(pid)
    this.#waitingLines -= lines.length
    return lines.flatMap((line) => this.#take(line))
  }

  #resumed(process: TracedProcess, line: Call): readonly TraceEvent[] {
    const { begun } = process
    process.begun = undefined
    this.#processes.stopMaking(process)
    // What another thread began in this process's name, or was under way when the record began.
    if (begun === undefined || begun.name !== line.name) return []
    return this.#returned(process, { ...line, kind: "call", words: `${begun.words}${line.words}` })
  }

  #returned(process: TracedProcess, call: Call): readonly TraceEvent[] {
    if (makesProcesses(call.name)) return this.#made(process, call)
    // It ended before the call did, or the call begins again.
    if (call.result.startsWith("?")) return []
    const words = splitWords(call.words)
    const succeeded = !call.result.startsWith("-1")
    if (words[0]?.startsWith("AT_FDCWD<") === true) process.folder.path = descriptorOf(words[0]).path
    const isStart = this.#isRootChanged && !this.#hasGear && succeeded && call.name.startsWith("execve")
    if (isStart) {
      this.#hasGear = true
      process.isGears = true
    }
    const events = process.isGears ? eventsOf(process, callEffects(call.name, words), { call, succeeded }) : []
    if (succeeded) this.#move(process, call.name, words)
    return events
  }

  #made(maker: TracedProcess, call: Call): readonly TraceEvent[] {
    const inside = /^(\d{1,10})(?: \/\* (\d{1,10}) in strace's PID NS \*\/)?$/.exec(call.result)
    // A number within the box is another process outside of it.
    const pid = Number(inside?.[2] ?? (maker.isGears ? Number.NaN : inside?.[1]))
    if (!Number.isInteger(pid) || this.#processes.get(pid) !== undefined) return []
    this.#processes.made(maker, pid, call.words)
    return this.#release(pid)
  }

  /** What a call changes in what later names mean. */
  #move(process: TracedProcess, call: string, words: readonly string[]): void {
    switch (call) {
      case "chdir":
        process.folder.path = joined(process.folder.path, textOf(words[0]) ?? "")
        return
      case "fchdir":
        process.folder.path = descriptorOf(words[0]).path
        return
      case "unshare":
        process.folder = { path: process.folder.path }
        return
      case "pivot_root":
      case "chroot":
      case "setns":
        if (process.isGears) process.isElsewhere = true
        if (call !== "setns") this.#isRootChanged = true
        process.folder = { path: undefined }
    }
  }
}

interface Returned {
  readonly call: Call
  readonly succeeded: boolean
}

function eventsOf(process: TracedProcess, effects: CallEffects, { call, succeeded }: Returned): readonly TraceEvent[] {
  const isUnderWay = call.result.includes("EINPROGRESS")
  return [
    ...effects.files.flatMap((file) => {
      const subject = subjectOf(process, file)
      return subject === undefined ? [] : file.actions.map((action) => ({ action, subject, succeeded }))
    }),
    ...effects.addresses.map((subject) => ({
      action: "connect" as const,
      subject,
      succeeded: succeeded || isUnderWay,
    })),
  ]
}

/** @throws {UnfitRecord} for a name that may mean anything: to guess would be worse. */
function subjectOf(process: TracedProcess, { name, from }: NamedFile): string | undefined {
  if (name === undefined) return undefined
  if (process.isElsewhere) throw new UnfitRecord("a process has another root folder than its box")
  const path = joined(from ?? process.folder.path, name)
  if (path === undefined) throw new UnfitRecord("a name is relative to a folder that is not known")
  return path
}

/** Without `.` and empty steps. What `..` leads to only the file system knows, which may have links on the way. */
function joined(folder: string | undefined, name: string): string | undefined {
  if (!name.startsWith("/") && folder === undefined) return undefined
  const whole = name.startsWith("/") ? name : `${folder}/${name}`
  return `/${whole
    .split("/")
    .filter((step) => step !== "" && step !== ".")
    .join("/")}`
}
