import { spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"

export interface Timed {
  readonly wallMs: number
  /** Of the program and everything that it waited for, user and system. */
  readonly cpuMs: number
  readonly stdout: string
}

export interface TimedOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/**
 * Runs a program to its end and measures it.
 *
 * @throws {Error} with what it wrote, when it fails.
 */
export function timedRun(command: readonly string[], options: TimedOptions = {}): Promise<Timed> {
  // Node tells nothing of its children's CPU time. bash tells it to the millisecond, where dash tells it to ten.
  const measured = ["bash", "-c", '"$@" 3>&-; code=$?; times >&3; exit $code', "bash", ...command]
  return runMeasured(measured, options)
}

/** Peak of the memory of a program and all that it starts, in bytes: resident, summed, looked at every 10 ms. */
export async function peakMemory(command: readonly string[], options: TimedOptions = {}): Promise<number> {
  let peak = 0
  const [program = "", ...args] = command
  const child = spawn(program, args, { stdio: "ignore", ...options })
  const timer = setInterval(() => {
    if (child.pid !== undefined) peak = Math.max(peak, treeBytes(child.pid))
  }, 10)
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve))
  clearInterval(timer)
  if (code !== 0) throw new Error(`${command.join(" ")} failed: exit code ${code}`)
  return peak
}

function runMeasured(command: readonly string[], options: TimedOptions): Promise<Timed> {
  const [program = "", ...args] = command
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe", "pipe"], ...options })
    const read = [child.stdout, child.stderr, child.stdio[3] as NodeJS.ReadableStream].map((stream) => {
      const chunks: Buffer[] = []
      stream?.on("data", (chunk: Buffer) => chunks.push(chunk))
      return () => Buffer.concat(chunks).toString()
    })
    let wallMs = 0
    child.on("exit", () => {
      wallMs = performance.now() - startedMs
    })
    child.on("error", reject)
    child.on("close", (code) => {
      const [stdout = "", stderr = "", times = ""] = read.map((text) => text())
      if (code === 0) resolve({ wallMs, cpuMs: childCpuMs(times), stdout })
      else reject(new Error(`${command.slice(4).join(" ")} failed: exit code ${code}\n${stdout}${stderr}`))
    })
  })
}

/** The second line of `times`: user and system time of the children, such as `0m0.031s 0m0.012s`. */
function childCpuMs(times: string): number {
  const [user = 0, system = 0] = [...(times.split("\n")[1] ?? "").matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => (Number(minutes) * 60 + Number(seconds)) * 1000,
  )
  return user + system
}

function treeBytes(root: number): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync("/proc")) {
    const pid = Number(name)
    if (pid > 0) parents.set(pid, parentOf(pid))
  }
  const isOurs = (pid: number): boolean => pid === root || (pid > 1 && isOurs(parents.get(pid) ?? 0))
  return [...parents.keys()].filter(isOurs).reduce((sum, pid) => sum + residentBytes(pid), 0)
}

function parentOf(pid: number): number {
  return Number(procFile(pid, "stat").split(") ")[1]?.split(" ")[1] ?? 0)
}

function residentBytes(pid: number): number {
  return Number(procFile(pid, "statm").split(" ")[1] ?? 0) * 4096
}

function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8")
  } catch {
    // It has ended meanwhile.
    return ""
  }
}
