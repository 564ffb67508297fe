import { execFile, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { chmod, chown, mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

/** Debian's place of the server's programs, and the version that it has. */
const PROGRAMS = "/usr/lib/postgresql/15/bin"

/** Why there is no PostgreSQL to test with; false when there is one. */
export const POSTGRES_SKIP: string | false = existsSync(`${PROGRAMS}/initdb`) ? false : "needs postgresql"

export interface TemporaryPostgres {
  /** Makes an empty database, and answers its address. */
  makeDatabase(): Promise<string>
  /** Ends all connections, and starts the same server again. */
  restart(): Promise<void>
  /** Ends it as a power cut does, without a word; `start` brings it back. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** Starts a PostgreSQL of its own on loopback, in a new folder, as an ordinary user. Whoever starts it stops it. */
export async function startPostgres(): Promise<TemporaryPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-postgres-"))
  const data = join(folder, "data")
  const user = await ordinaryUser()
  await chmod(folder, 0o755)
  if (user !== undefined) await chown(folder, user.uid, user.gid)
  const as = user === undefined ? {} : user
  await run(`${PROGRAMS}/initdb`, ["-N", "-D", data, "-A", "trust", "-U", "gear", "-E", "UTF8", "--locale=C"], as)
  const port = await freePort()
  let child = launch()
  function launch(): ReturnType<typeof spawn> {
    // The machine itself goes on whatever a test does to the server: nothing has to be on the disk for the next start to find it.
    const settings = [
      `port=${port}`,
      `unix_socket_directories=${folder}`,
      "listen_addresses=127.0.0.1",
      "max_connections=200",
      "fsync=off",
    ]
    return spawn(`${PROGRAMS}/postgres`, ["-D", data, ...settings.flatMap((setting) => ["-c", setting])], {
      ...as,
      stdio: "ignore",
    })
  }
  const ready = async (): Promise<void> => {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}`)
      const answer = await run(`${PROGRAMS}/pg_isready`, ["-h", "127.0.0.1", "-p", String(port)]).then(
        () => true,
        () => false,
      )
      if (answer) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve))
    // "Immediate" shutdown; a real SIGKILL would leave its children and their shared memory to us.
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    else return
    await ended
  }
  await ready()
  let databases = 0
  return {
    makeDatabase: async () => {
      const name = `test_${++databases}`
      await run(`${PROGRAMS}/createdb`, ["-h", "127.0.0.1", "-p", String(port), "-U", "gear", name])
      return `postgres://gear@127.0.0.1:${port}/${name}`
    },
    restart: async () => {
      await end("SIGINT")
      child = launch()
      await ready()
    },
    kill: () => end("SIGQUIT"),
    start: async () => {
      child = launch()
      await ready()
    },
    stop: async () => {
      // Nobody reads again what it would write at an orderly end.
      await end("SIGQUIT")
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL does not start as root: its own user stands in. */
async function ordinaryUser(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, "postgres"])))
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === "string") throw new Error("no port")
  return address.port
}
