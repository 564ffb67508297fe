import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { MAIN } from "../cli/gear-process.ts"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? false
/** Random moments, as many as the project promises to survive. The full size is the default size. */
const ROUNDS = Number(process.env["GEARTRAIN_KILL_ROUNDS"] ?? 100)

let folder = ""
before(() => {
  folder = mkdtempSync(join(tmpdir(), "geartrain-killed-"))
})
after(() => rmSync(folder, { recursive: true, force: true }))

test(`a program that is killed at any of ${ROUNDS} moments of import, run, verify, restore and gc loses nothing that it had said`, {
  skip,
}, async () => {
  const gears = [1, 2, 3].map((number) =>
    makeBusyboxGear(join(folder, `gear-${number}`), {
      name: `killed-${number}`,
      command: "echo started; echo result > output/result.txt; sleep 0.05; echo done",
    }),
  )
  assert.equal((await gear(["import", gears[0] ?? ""]).ended).code, 0)
  const start = performance.now()
  assert.equal((await gear(runAct("")).ended).code, 0)
  const wholeMs = performance.now() - start
  const said = { gears: new Set<string>(), jobs: new Map<string, string>() }
  for (let round = 0; round < ROUNDS; round++) {
    const act = ACTS[round % ACTS.length] ?? runAct
    const running = gear(act(gears[round % gears.length] ?? ""))
    // From before the program has read its own code until about its end; now and then it is left alone, so that there is something to lose.
    if (round % 6 !== 5) {
      await Promise.race([setTimeout(Math.random() * 1.1 * wholeMs), running.ended])
      running.child.kill("SIGKILL")
    }
    remember((await running.ended).stdout, said)
    if (round % 20 === 19) await assertWhole(said)
  }
  await assertWhole(said)
  assert.ok(said.jobs.size > 0, "no run got as far as its answer")
})

type Act = (gearFolder: string) => readonly string[]
const runAct: Act = () => ["run", "killed-1", "--json", "--no-output"]
const ACTS: readonly Act[] = [
  (path) => ["import", path, "--json"],
  runAct,
  () => ["verify", "latest", "--json"],
  () => ["store", "gc", "--keep-records", "--larger-than", "1", "--unverified", "--json"],
  runAct,
  () => ["restore", "latest", "--json"],
  () => ["store", "gc", "--json"],
]

interface Said {
  readonly gears: Set<string>
  readonly jobs: Map<string, string>
}

/** What a program has printed, it has promised. */
function remember(stdout: string, said: Said): void {
  const answer = parseAnswer(stdout)
  if (answer === undefined) return
  const { data } = answer
  if (typeof data["outputs"] === "object") said.jobs.set(String(data["id"]), String(data["state"]))
  else if (typeof data["id"] === "string") said.gears.add(data["id"])
}

/** The store is whole, has all that was said, and nothing of a killed program's is left once the next one has looked. */
async function assertWhole(said: Said): Promise<void> {
  const check = await gear(["store", "fsck"]).ended
  assert.equal(check.code, 0, check.stdout + check.stderr)
  const gears = parseAnswers((await gear(["ls", "--json"]).ended).stdout).map((line) => String(line["id"]))
  for (const id of said.gears) assert.ok(gears.includes(id), `gear ${id} is lost`)
  const jobs = parseAnswers((await gear(["jobs", "--json", "--limit", "100000"]).ended).stdout)
  for (const [id, state] of said.jobs) {
    const job = jobs.find((line) => line["id"] === id)
    assert.equal(job?.["state"], state, `job ${id} is lost or changed`)
  }
  assert.ok(
    jobs.every((job) => ["complete", "failed", "cancelled"].includes(String(job["state"]))),
    "a job of a dead program still counts as running",
  )
  await nothingLeft()
}

/** No process, mount or control group of a box outlives the program that made it by more than a moment. */
async function nothingLeft(): Promise<void> {
  for (let tries = 0; ; tries++) {
    const left = leftBehind()
    if (left.length === 0) return
    assert.ok(tries < 100, `left behind: ${left.join(", ")}`)
    await setTimeout(100)
  }
}

function leftBehind(): readonly string[] {
  const mounts = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .filter((line) => line.includes(folder))
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandLine(pid).includes(folder))
  return [...mounts, ...processes.map((pid) => `process ${pid}: ${commandLine(pid)}`)]
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
  } catch {
    // It has ended meanwhile.
    return ""
  }
}

interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

function gear(args: readonly string[]): Running {
  const env = { ...process.env, GEARTRAIN_HOME: join(folder, "home"), XDG_CACHE_HOME: join(folder, "cache") }
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ["ignore", "pipe", "pipe"], cwd: folder })
  let stdout = ""
  let stderr = ""
  child.stdout.on("data", (bytes: Buffer) => {
    stdout += bytes.toString("utf8")
  })
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes.toString("utf8")
  })
  const ended = new Promise<Awaited<Running["ended"]>>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }))
  })
  return { child, ended }
}

function parseAnswer(stdout: string): { readonly data: Record<string, unknown> } | undefined {
  try {
    const answer = JSON.parse(stdout) as { readonly ok: boolean; readonly data: Record<string, unknown> }
    return answer.ok ? answer : undefined
  } catch {
    // It was killed before it had answered.
    return undefined
  }
}

function parseAnswers(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
