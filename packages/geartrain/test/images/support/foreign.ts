import { spawn, spawnSync } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

const PATH = `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`

/** Answers with what is missing, as the reason of a skip, or with false. */
export function missing(...wanted: readonly string[]): string | false {
  const absent = wanted.filter((name) => (name === "root" ? process.getuid?.() !== 0 : !isInstalled(name)))
  return absent.length === 0 ? false : `needs ${absent.join(", ")}`
}

function isInstalled(program: string): boolean {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

export interface ForeignOptions {
  readonly cwd?: string
  readonly input?: Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a foreign program to its end, and answers with what it printed. Throws with all that it said when it fails. */
export function run(command: readonly string[], options: ForeignOptions = {}): Buffer {
  const [program = "", ...args] = command
  const result = spawnSync(program, args, {
    ...options,
    env: { ...process.env, PATH, LC_ALL: "C.UTF-8", ...options.env },
    maxBuffer: 1024 * 1024 * 1024,
    timeout: 120_000,
  })
  if (result.error !== undefined) throw result.error
  if (result.status !== 0) {
    throw new Error(`${command.join(" ")}: ${result.status ?? result.signal}\n${result.stderr.toString("utf8")}`)
  }
  return result.stdout
}

/** The same for a program that talks to a server in this process, which must not stand still meanwhile. */
export async function runBeside(command: readonly string[]): Promise<void> {
  const [program = "", ...args] = command
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], timeout: 60_000 })
  let said = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text
  })
  const code = await new Promise<number | null>((resolve, reject) => child.once("close", resolve).once("error", reject))
  if (code !== 0) throw new Error(`${command.join(" ")}: ${code}\n${said}`)
}

export function sh(script: string, options: ForeignOptions = {}): Buffer {
  return run(["sh", "-e", "-c", script], options)
}
