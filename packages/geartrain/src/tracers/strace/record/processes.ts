/** Where relative names begin: threads share it, and so do processes that were made so. Undefined when it is not known. */
interface WorkingFolder {
  path: string | undefined
}

/** What has to be known of a process to understand what it does. */
export interface TracedProcess {
  readonly pid: number
  folder: WorkingFolder
  /** The gear's own, not one of those that make the box. */
  isGears: boolean
  /** Its root is another than the box's, so that its names mean nothing to us. */
  isElsewhere: boolean
  /** A call that had not returned yet. */
  begun: { readonly name: string; readonly words: string } | undefined
}

const MAKES_PROCESSES = new Set(["clone", "clone3", "fork", "vfork"])

export function makesProcesses(call: string): boolean {
  return MAKES_PROCESSES.has(call)
}

/**
 * The processes of a record: who made whom, and where each is in the file system.
 *
 * A process may be seen before the call that made it has returned, and told its number. If only one process is making another just then, or
 * all that are look alike to us, that does not matter; else what the new one does has to wait until its maker is known.
 */
export class Processes {
  readonly #known = new Map<number, TracedProcess>()
  readonly #making = new Set<TracedProcess>()

  get(pid: number): TracedProcess | undefined {
    return this.#known.get(pid)
  }

  get size(): number {
    return this.#known.size
  }

  /** The first process of all. */
  first(pid: number): TracedProcess {
    return this.#add(pid, { folder: { path: undefined }, isGears: false, isElsewhere: false })
  }

  startMaking(maker: TracedProcess): void {
    this.#making.add(maker)
  }

  stopMaking(maker: TracedProcess): void {
    this.#making.delete(maker)
  }

  /** A process that was made, by a call whose arguments are these. */
  made(maker: TracedProcess, pid: number, words: string): TracedProcess {
    const { folder, isGears, isElsewhere } = maker
    const shares = /\bCLONE_FS\b/.test(words)
    return this.#add(pid, { folder: shares ? folder : { path: folder.path }, isGears, isElsewhere })
  }

  /** A process that appears: whoever makes one just now made it, if that is certain. */
  appeared(pid: number): TracedProcess | undefined {
    const [maker, ...others] = this.#making
    if (maker?.begun === undefined || others.some((other) => !isAlike(maker, other))) return undefined
    return this.made(maker, pid, maker.begun.words)
  }

  /** Nobody has said who made it. */
  orphan(pid: number): TracedProcess {
    return this.#add(pid, { folder: { path: undefined }, isGears: true, isElsewhere: false })
  }

  ended(pid: number): void {
    const process = this.#known.get(pid)
    if (process !== undefined) this.#making.delete(process)
    this.#known.delete(pid)
  }

  /** A thread took the number of its process over. */
  superseded(pid: number, by: number): void {
    const [process, thread] = [this.#known.get(pid), this.#known.get(by)]
    if (thread === undefined) return
    this.ended(by)
    const { folder, isGears, isElsewhere, begun } = thread
    this.#known.set(pid, { pid, folder, isGears, isElsewhere, begun: begun ?? process?.begun })
  }

  #add(pid: number, process: Pick<TracedProcess, "folder" | "isGears" | "isElsewhere">): TracedProcess {
    const added: TracedProcess = { pid, ...process, begun: undefined }
    this.#known.set(pid, added)
    return added
  }
}

function isAlike(one: TracedProcess, other: TracedProcess): boolean {
  const shares = (process: TracedProcess): boolean => /\bCLONE_FS\b/.test(process.begun?.words ?? "")
  return (
    one.folder.path === other.folder.path &&
    one.isGears === other.isGears &&
    one.isElsewhere === other.isElsewhere &&
    !shares(one) &&
    !shares(other)
  )
}
