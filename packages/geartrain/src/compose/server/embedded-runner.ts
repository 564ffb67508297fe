import { delay } from "../../system/clock.ts"
import { plainEnvironment, type StartedProcess, startProcess } from "../../system/process.ts"
import { ownProgram } from "../../system/program/own-program.ts"

export interface EmbeddedRunnerWish {
  readonly server: string
  readonly token: string
  readonly slots: number
  readonly workFolder: string
  /** Folder of the server's blobs, where they are files. */
  readonly blobs?: string | undefined
  /** Variables of the server's own environment that its gears are run by. */
  readonly env: Readonly<Record<string, string>>
  /** A line of what the runner says, as JSON. */
  readonly onLine: (line: string) => void
}

export interface EmbeddedRunner {
  /** Ends it: at once, its jobs given back; or when its jobs are finished. */
  stop(how: "release" | "drain"): Promise<void>
}

/** After it ended by itself, it is started again; not at once, since it would most likely end again. */
const PAUSE_MS = 2000

/**
 * Keeps a runner on this machine, as a process of its own: its work never keeps the server from answering, and its memory is not the server's. Its
 * token goes through its standard input, so it is in no list of processes and on no disk; when the server dies, that is closed, and the runner
 * ends.
 */
export function embeddedRunner(wish: EmbeddedRunnerWish): EmbeddedRunner {
  const stopping = new AbortController()
  let current: StartedProcess | undefined
  const kept = (async () => {
    while (!stopping.signal.aborted) {
      current = await start(wish)
      const { exitCode, signal } = await current.exited
      if (stopping.signal.aborted) return
      wish.onLine(
        JSON.stringify({ says: `the runner ended by itself with ${signal ?? exitCode}; it is started again` }),
      )
      await delay(PAUSE_MS, stopping.signal).catch(() => undefined)
    }
  })()
  return {
    stop: async (how) => {
      stopping.abort()
      // The first signal asks it to finish what it has, the second to give it back.
      current?.child.kill("SIGTERM")
      if (how === "release") current?.child.stdin?.end()
      await kept
    },
  }
}

async function start(wish: EmbeddedRunnerWish): Promise<StartedProcess> {
  const words = [
    ...["runner", "--json", "--server", wish.server, "--name", "embedded", "--slots", `${wish.slots}`],
    ...["--work", wish.workFolder, "--token-file", "-", "--end-with-input"],
    ...(wish.blobs === undefined ? [] : ["--blobs", wish.blobs]),
  ]
  const env = { ...plainEnvironment(), ...wish.env }
  const started = await startProcess([...ownProgram(), ...words], { stdio: ["pipe", "pipe", "pipe"], env })
  const { stdin, stdout, stderr } = started.child
  // That it has ended is told by its end.
  stdin?.on("error", () => undefined)
  stdin?.write(`${wish.token}\n`)
  for (const stream of [stdout, stderr]) {
    let rest = ""
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) if (line !== "") wish.onLine(line)
    })
  }
  return started
}
