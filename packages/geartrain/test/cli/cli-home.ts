import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { JobRecord } from "@geartrain/spec"
import { type BusyboxGear, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { type GearOptions, type GearResult, gear, gearOnTerminal, replyOf } from "./gear-process.ts"

/** A user with a home folder of their own, in which `gear` is called as from a shell. */
export interface CliHome {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Runs `gear` in the folder. */
  gear(args: readonly string[], options?: GearOptions): Promise<GearResult>
  /** The same with a terminal at all its ends, on which `input` is typed when it asks. */
  onTerminal(args: readonly string[], input?: string): Promise<GearResult>
  /** Makes the root filesystem of a gear of busybox, and imports it; answers with its name. */
  import(gear: BusyboxGear & { readonly name: string }): Promise<string>
  /** Runs `gear run --json`, and answers with the record. */
  run(...args: readonly string[]): Promise<JobRecord & { readonly outputFolder: string | null }>
  write(name: string, content: string): Promise<string>
  read(name: string): Promise<string>
  close(): Promise<void>
}

export async function openCliHome(): Promise<CliHome> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-cli-"))
  const env = {
    HOME: folder,
    GEARTRAIN_HOME: join(folder, "store"),
    XDG_CACHE_HOME: join(folder, "cache"),
  }
  const run = (args: readonly string[], options: GearOptions = {}): Promise<GearResult> =>
    gear(args, { cwd: folder, ...options, env: { ...env, ...options.env } })
  return {
    folder,
    env,
    gear: run,
    onTerminal: (args, input) => gearOnTerminal(args, { cwd: folder, env, ...(input === undefined ? {} : { input }) }),
    import: async (wanted) => {
      makeBusyboxGear(join(folder, `root-${wanted.name}`), wanted)
      const result = await run(["import", `./root-${wanted.name}`])
      if (result.code !== 0) throw new Error(result.err)
      return wanted.name
    },
    run: async (...args) => {
      const result = await run(["run", "--json", ...args])
      const { data } = replyOf(result) as unknown as {
        readonly data: (JobRecord & { readonly outputFolder: string | null }) | null
      }
      if (data === null) throw new Error(`${result.out}${result.err}`)
      return data
    },
    write: async (name, content) => {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    },
    read: (name) => readFile(join(folder, name), "utf8"),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
