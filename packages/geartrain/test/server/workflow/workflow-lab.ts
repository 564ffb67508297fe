import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import { type Lab, openLab, pause } from "../end-to-end/lab.ts"
import { type LongProcess, type ServerProcess, startGear, startServer } from "../end-to-end/server-process.ts"

/** What a command came to; the answer of `--json`, where it was asked for. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly data: RunData
  readonly errorCode: string | undefined
}

export interface RunData {
  readonly run: string
  readonly state: string
  readonly jobs: readonly { readonly key: string; readonly state: string; readonly job?: string }[]
}

export interface ListedJob {
  readonly id: string
  readonly label?: string
  readonly state: string
  readonly attempt: number
}

/** A server with a runner that can be killed and started again, gears of a workflow, and its user at another machine. */
export interface WorkflowLab {
  readonly lab: Lab
  /** Where the user is: the workflow `words.yaml` and its files lie there. */
  readonly folder: string
  gear(...args: readonly string[]): Promise<Ran>
  start(...args: readonly string[]): LongProcess
  /** All jobs that were ever ordered. */
  jobs(): Promise<readonly ListedJob[]>
  /** Resolves when so many jobs run. */
  running(count: number): Promise<void>
  stopServer(): Promise<void>
  startServer(): Promise<void>
}

const OUT = { out: { files: ["out.txt"] } }
const MANY = { from: { takes: "files" } }

const GEARS = [
  {
    name: "one",
    command:
      'cat input/from/* | tr a-z A-Z > output/out.txt; echo "$FW_CONFIG_TEXT" >> output/out.txt; sleep $FW_CONFIG_WAIT',
    config: { text: { type: "string" }, wait: { type: "number", default: 0 } },
    inputs: { from: { base: "file" } },
    environment: {},
    custom: { geartrain: { outputs: OUT } },
  },
  {
    name: "join",
    command: "cat input/from/* > output/out.txt",
    inputs: { from: { base: "file", optional: true } },
    custom: { geartrain: { outputs: OUT, inputs: MANY } },
  },
  {
    name: "shaky",
    command: "echo it broke here >&2; exit 3",
    inputs: { from: { base: "file" } },
    custom: { geartrain: { outputs: OUT } },
  },
] as const

const WORKFLOW = `workflow: 1
name: words
inputs:
  reads: { takes: files }
parameters:
  wait: { type: number, default: 0 }
steps:
  each:
    gear: one
    scatter: { over: { part: { from: inputs.reads } } }
    inputs: { from: { from: each.part } }
    config: { text: hello, wait: { from: parameters.wait } }
  join:
    gear: join
    inputs: { from: { from: steps.each.out } }
  final:
    gear: one
    inputs: { from: { from: steps.join.out } }
    config: { text: end }
outputs:
  all: { from: steps.final.out }
`

const BROKEN = `workflow: 1
name: broken
inputs:
  reads: { takes: files }
steps:
  join: { gear: join, inputs: { from: { from: inputs.reads } } }
  breaks: { gear: shaky, inputs: { from: { from: steps.join.out } } }
  after: { gear: join, inputs: { from: { from: steps.breaks.out } } }
`

export async function openWorkflowLab(context: TestContext): Promise<WorkflowLab> {
  const top = await mkdtemp(join(tmpdir(), "geartrain-workflow-"))
  const folder = join(top, "user")
  let server: ServerProcess | undefined
  let port = "0"
  const begin = async (): Promise<void> => {
    const flags = ["--port", port, "--data", join(top, "data"), "--slots", "2"]
    server = await startServer(flags, { home: join(top, "server"), env: { GEARTRAIN_SERVER_LEASE: "6s" } })
    port = new URL(server.address).port
  }
  context.after(async () => {
    await server?.end("SIGKILL")
    await rm(top, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
  })
  await begin()
  const lab = await openLab(() => server?.address ?? "", { password: server?.password ?? "", folder: top })
  for (const gear of GEARS) await lab.gear(gear)
  const { key } = await lab.ask<{ readonly key: string }>("POST", "/keys", { label: "gear" })
  await writeFiles(folder)
  const env = { GEARTRAIN_SERVER: server?.address ?? "", GEARTRAIN_TOKEN: key }
  const start = (...args: readonly string[]): LongProcess => {
    const started = startGear(args, { home: folder, env, within: ["env", "-C", folder] })
    started.child.stdin?.end()
    context.after(() => started.end("SIGKILL"))
    return started
  }
  const jobs = async (): Promise<readonly ListedJob[]> =>
    (await lab.ask<{ readonly items: readonly ListedJob[] }>("GET", "/jobs?limit=1000")).items
  return {
    ...{ lab, folder, start, jobs, startServer: begin },
    gear: async (...args) => ranOf(start(...args)),
    running: async (count) => {
      while ((await jobs()).filter(({ state }) => state === "running").length < count) await pause(50)
    },
    stopServer: async () => server?.end("SIGKILL"),
  }
}

async function writeFiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, "words.yaml"), WORKFLOW)
  await writeFile(join(folder, "broken.yaml"), BROKEN)
  for (const name of ["a", "b", "c"]) await writeFile(join(folder, `${name}.txt`), `word ${name}\n`)
}

export async function ranOf(started: LongProcess): Promise<Ran> {
  const code = await started.ended
  const out = started.out()
  const answer = out.startsWith("{") ? JSON.parse(out.slice(0, out.indexOf("\n"))) : {}
  return { code, out, err: started.err(), data: answer.data, errorCode: answer.error?.code }
}
