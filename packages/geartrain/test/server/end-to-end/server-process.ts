import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { COMPILED, MAIN, NODE_FLAGS } from "../../cli/gear-process.ts"

/** A `gear` that goes on running. */
export interface LongProcess {
  readonly child: ChildProcess
  /** Everything on standard output so far. */
  out(): string
  err(): string
  /** Ends it, and resolves when it has ended. */
  end(signal: NodeJS.Signals): Promise<void>
  readonly ended: Promise<number | null>
}

export interface LongOptions {
  readonly home: string
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Words before the command, such as those that enter another network. */
  readonly within?: readonly string[]
}

/** Starts `gear`, with nothing of the user's own in its environment. Standard input stays open. */
export function startGear(args: readonly string[], options: LongOptions): LongProcess {
  const env = { PATH: process.env["PATH"] ?? "", HOME: options.home, NODE_COMPILE_CACHE: COMPILED, ...options.env }
  const node = [process.execPath, ...NODE_FLAGS]
  const [program = process.execPath, ...words] = [...(options.within ?? []), ...node, MAIN, ...args]
  const child = spawn(program, words, {
    env: { ...env, GEARTRAIN_HOME: join(options.home, "store"), XDG_CACHE_HOME: join(options.home, "cache") },
    stdio: ["pipe", "pipe", "pipe"],
  })
  const written = { out: "", err: "" }
  child.stdout.on("data", (chunk: Buffer) => (written.out += chunk.toString()))
  child.stderr.on("data", (chunk: Buffer) => (written.err += chunk.toString()))
  child.stdin.on("error", () => undefined)
  if (options.input !== undefined) child.stdin.write(options.input)
  const ended = once(child, "close").then(([code]) => code as number | null)
  return {
    child,
    out: () => written.out,
    err: () => written.err,
    ended,
    end: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await ended
    },
  }
}

export interface ServerProcess extends LongProcess {
  readonly address: string
  /** Of the first admin, when this start has made one. */
  readonly password: string | undefined
}

/** Starts `gear serve`, and waits until it listens. */
export async function startServer(args: readonly string[], options: LongOptions): Promise<ServerProcess> {
  const server = startGear(["serve", "--json", ...args], options)
  while (!server.out().includes("\n")) {
    if (server.child.exitCode !== null)
      throw new Error(`The server ended with ${server.child.exitCode}: ${server.out()}${server.err()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { address, firstAdmin } = JSON.parse(server.out().split("\n")[0] ?? "") as {
    readonly address?: string
    readonly firstAdmin?: { readonly password: string }
  }
  if (address === undefined) throw new Error(`The server did not start: ${server.out()}${server.err()}`)
  return { ...server, address, password: firstAdmin?.password }
}
