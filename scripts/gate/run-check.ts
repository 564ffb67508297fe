import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { TOP } from "../top.ts"
import type { TestLine } from "./test-reporter.ts"

/** Something that the gate runs: it fails when the program ends with another code than 0. */
export interface Check {
  readonly name: string
  /** Run in the folder of the checkout, with node_modules/.bin on PATH. */
  readonly command: readonly string[]
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>
  /** Default 5. The program and all that it started is killed then. */
  readonly timeoutMinutes?: number
  /** The program is `node --test`: its tests are counted. */
  readonly isTests?: boolean
}

export interface CheckResult {
  readonly name: string
  readonly passed: boolean
  readonly seconds: number
  /** What it printed, stdout and stderr as they came. */
  readonly output: string
  readonly tests: readonly TestLine[]
}

const REPORTER = join(TOP, "scripts/gate/test-reporter.ts")

/** What Node made of the source: without it, each of hundreds of test files compiles the modules of the program anew, which takes most of their time. */
const COMPILED = join(TOP, "node_modules/.cache/geartrain-tests")

/** Groups of processes that run now: they are ended with this program. */
const groups = new Set<number>()

export async function runCheck(check: Check): Promise<CheckResult> {
  const startedMs = performance.now()
  const folder = mkdtempSync(join(tmpdir(), "geartrain-gate-"))
  try {
    const lines = join(folder, "tests.jsonl")
    const { code, output } = await run(check, check.isTests ? withReporter(check.command, lines) : check.command)
    const tests = check.isTests ? readLines(lines) : []
    const passed = code === 0 && (check.isTests !== true || tests.length > 0)
    return { name: check.name, passed, seconds: (performance.now() - startedMs) / 1000, output, tests }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ends what runs, when somebody ends this program. */
export function endWithThisProgram(): void {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      for (const group of groups) killGroup(group, "SIGTERM")
      process.exit(code)
    })
  }
}

function withReporter(command: readonly string[], lines: string): readonly string[] {
  const [node, ...rest] = command
  return [node ?? "", `--test-reporter=${REPORTER}`, `--test-reporter-destination=${lines}`, ...rest]
}

function run(check: Check, command: readonly string[]): Promise<{ code: number; output: string }> {
  const [program, ...args] = command
  // Set in a test of ours, and would make the tests of the check report to that one.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  const chunks: Buffer[] = []
  return new Promise((resolve, reject) => {
    const child = spawn(program ?? "", args, {
      cwd: TOP,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...environment,
        PATH: `${join(TOP, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`,
        NODE_COMPILE_CACHE: COMPILED,
        ...check.environment,
      },
    })
    const minutes = check.timeoutMinutes ?? 5
    const timer = setTimeout(() => {
      chunks.push(Buffer.from(`\nNot done after ${minutes} minutes: killed\n`))
      if (child.pid !== undefined) killGroup(child.pid, "SIGKILL")
    }, minutes * 60_000)
    if (child.pid !== undefined) groups.add(child.pid)
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk))
    child.on("error", reject)
    child.on("close", (code) => {
      clearTimeout(timer)
      if (child.pid !== undefined) groups.delete(child.pid)
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() })
    })
  })
}

function killGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // It has ended meanwhile.
  }
}

function readLines(path: string): readonly TestLine[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as TestLine)
}
