import type { AttemptName, ClaimedJob } from "@geartrain/spec/server"
import { writeAtomically } from "../../system/atomic-write.ts"
import { chmod, mkdir, open, readdir, readFile, rm } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"

/** What a runner has to know of an attempt after it was killed: enough to finish it, and no secret of the gear's. */
export interface AttemptNote extends AttemptName {
  /** The job's token. It ends with the attempt. */
  readonly token: string
}

/** A part of the log that was sent, or was about to be. */
export interface SentChunk {
  readonly offset: number
  readonly sizeBytes: number
}

/**
 * What one attempt has on the disk, beside the engine's own folder of the job.
 *
 *   <attempts>/<job>-<attempt>/    mode 0700
 *     attempt.json                 an `AttemptNote`
 *     chunks                       a line for each part of the log, `<offset> <bytes>`, written before it is sent
 *
 * It is made before anything is done for the attempt, and goes when the server has taken the result, or will not have it. So the names in this
 * folder are all attempts that a runner may have to answer for.
 */
export class AttemptFolder {
  readonly path: string
  readonly name: AttemptName

  constructor(attempts: string, name: AttemptName) {
    this.name = { job: name.job, attempt: name.attempt }
    this.path = `${attempts}/${name.job}-${name.attempt}`
  }

  async create({ job, attempt, token }: Pick<ClaimedJob, "job" | "attempt" | "token">): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 })
    const note: AttemptNote = { job, attempt, token }
    await writeAtomically(`${this.path}/attempt.json`, async (file) => {
      await file.chmod(0o600)
      await file.writeFile(`${JSON.stringify(note)}\n`)
    })
  }

  /** @returns undefined when the runner was killed before it was written: then nothing was done. */
  async note(): Promise<AttemptNote | undefined> {
    const text = await readIfThere(`${this.path}/attempt.json`)
    return text === undefined ? undefined : (JSON.parse(text) as AttemptNote)
  }

  async addChunk({ offset, sizeBytes }: SentChunk): Promise<void> {
    const file = await open(`${this.path}/chunks`, "a", 0o600)
    try {
      await file.appendFile(`${offset} ${sizeBytes}\n`)
    } finally {
      await file.close()
    }
  }

  async chunks(): Promise<readonly SentChunk[]> {
    const text = (await readIfThere(`${this.path}/chunks`)) ?? ""
    // The last line may have been cut off: then its part was not sent.
    const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n")
    return lines.filter(Boolean).map((line) => {
      const [offset = 0, sizeBytes = 0] = line.split(" ").map(Number)
      return { offset, sizeBytes }
    })
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

/** All attempts that were not over when the runner ended. Makes the folder. */
export async function foundAttempts(attempts: string): Promise<readonly AttemptFolder[]> {
  await mkdir(attempts, { recursive: true, mode: 0o700 })
  await chmod(attempts, 0o700)
  return (await readdir(attempts)).flatMap((entry) => {
    const [, job, attempt] = /^([0-9a-f]{24})-(\d{1,9})$/.exec(entry) ?? []
    return job === undefined ? [] : [new AttemptFolder(attempts, { job, attempt: Number(attempt) })]
  })
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined
    throw error
  }
}
