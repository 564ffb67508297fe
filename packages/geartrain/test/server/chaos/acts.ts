import { existsSync } from "node:fs"
import { join } from "node:path"
import { pause } from "../end-to-end/lab.ts"
import { type LongProcess, type ServerProcess, startGear, startServer } from "../end-to-end/server-process.ts"
import { type NetworkNamespace, openNamespace } from "./network-namespace.ts"
import { openLine, type Repeated, type UnsteadyLine } from "./unsteady-line.ts"

/** Debian's place of the library that gives a program another clock. */
const FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"

export interface ChaosOptions {
  readonly folder: string
  readonly port: number
  readonly flags: readonly string[]
  readonly runners: number
  readonly slots: number
  readonly leaseS: number
  /** Of what the lines say twice. */
  readonly chance: () => number
}

/** A server and its runners, each of which can be ended or held up at any moment. */
export interface Fleet {
  readonly server: () => ServerProcess
  startRunners(token: string): Promise<void>
  /** Does one of the things that happen to machines, and lets it pass. `number` says which one, and to whom. */
  act(number: number): Promise<string>
  /** Ends one round of acts with everything there again. */
  calm(): Promise<void>
  /** All that the lines said twice. */
  repeated(): readonly Repeated[]
  /** Whether each runner has a network of its own. */
  readonly hasNetworks: boolean
  close(): Promise<void>
}

export async function openFleet(options: ChaosOptions): Promise<Fleet> {
  const { folder, port, flags, leaseS } = options
  const serve = (): Promise<ServerProcess> =>
    startServer(["--port", `${port}`, "--data", join(folder, "data"), "--slots", "0", ...flags], {
      home: folder,
      // A job may be hit by more than three of so many acts.
      env: { GEARTRAIN_SERVER_LEASE: `${leaseS}s`, GEARTRAIN_SERVER_ATTEMPTS: "100" },
    })
  let server = await serve()
  const lines: UnsteadyLine[] = []
  const networks: (NetworkNamespace | undefined)[] = []
  const runners: LongProcess[] = []
  let token = ""
  const startRunner = (n: number): LongProcess => {
    const words = [
      "runner",
      "--server",
      lines[n]?.address ?? "",
      "--token-file",
      "-",
      "--json",
      "--name",
      `runner-${n}`,
    ]
    const more = ["--slots", `${options.slots}`, "--work", join(folder, `work-${n}`)]
    // The second runner's clock is a day ahead, and goes a little faster.
    const isSkewed = n === 1 && existsSync(FAKETIME)
    const env = isSkewed ? { LD_PRELOAD: FAKETIME, FAKETIME: "+1d x1.05", FAKETIME_DONT_FAKE_MONOTONIC: "1" } : {}
    return startGear([...words, ...more], {
      home: join(folder, `home-${n}`),
      input: `${token}\n`,
      env,
      within: networks[n]?.enter ?? [],
    })
  }
  const acts: readonly (readonly [string, (n: number) => Promise<void>])[] = [
    [
      "server killed",
      async () => {
        await server.end("SIGKILL")
        server = await serve()
      },
    ],
    [
      "runner killed",
      async (n) => {
        await runners[n]?.end("SIGKILL")
        runners[n] = startRunner(n)
      },
    ],
    [
      "runner killed again",
      async (n) => {
        await runners[n]?.end("SIGKILL")
        await pause(200)
        runners[n] = startRunner(n)
      },
    ],
    [
      "runner stopped beyond its lease",
      async (n) => {
        runners[n]?.child.kill("SIGSTOP")
        await pause(leaseS * 1500)
        runners[n]?.child.kill("SIGCONT")
      },
    ],
    [
      "line cut",
      async (n) => {
        lines[n]?.cut()
        await pause(leaseS * 700)
        lines[n]?.mend()
      },
    ],
    [
      "network gone",
      async (n) => {
        const network = networks[n]
        network?.cut()
        await pause(network === undefined ? 0 : leaseS * 1300)
        network?.mend()
      },
    ],
  ]
  return {
    server: () => server,
    startRunners: async (given) => {
      token = given
      for (let n = 0; n < options.runners; n++) {
        const network = openNamespace(n)
        networks.push(network)
        lines.push(
          await openLine({ host: network?.hostAddress ?? "127.0.0.1", port: () => port, chance: options.chance }),
        )
        runners.push(startRunner(n))
      }
    },
    act: async (number) => {
      const [name, act] = acts[number % acts.length] ?? ["nothing", async () => undefined]
      const whose = Math.floor(number / acts.length) % options.runners
      await act(whose)
      return `${name}: ${whose}`
    },
    calm: async () => {
      for (const line of lines) line.mend()
      for (const network of networks) network?.mend()
      for (const [n, runner] of runners.entries()) if (runner.child.exitCode !== null) runners[n] = startRunner(n)
    },
    close: async () => {
      for (const runner of runners) {
        runner.child.kill("SIGCONT")
        await runner.end("SIGKILL")
      }
      await server.end("SIGKILL")
      for (const line of lines) await line.close()
      for (const network of networks) network?.close()
    },
    repeated: () => lines.flatMap(({ repeated }) => repeated),
    get hasNetworks() {
      return networks.every((network) => network !== undefined)
    },
  }
}
