import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { busyboxMissing } from "../../programs/busybox-gear.ts"
import { type Lab, openLab, pause } from "../end-to-end/lab.ts"
import { POSTGRES_SKIP, startPostgres } from "../temporary-postgres.ts"
import { openFleet } from "./acts.ts"
import { chance } from "./chance.ts"
import type { Answer, Repeated } from "./unsteady-line.ts"

/** Jobs, and moments at which something is killed, stopped or cut. Full size: npm run test:chaos. */
const JOBS = Number(process.env["GEARTRAIN_CHAOS_JOBS"] ?? 40)
const ACTS = Number(process.env["GEARTRAIN_CHAOS_ACTS"] ?? 8)
const SEED = Number(process.env["GEARTRAIN_CHAOS_SEED"] ?? 1)
const LEASE_S = 3
/** A job that has not ended so long after the last act never will. */
const MOST_MS = 300_000
const skip = busyboxMissing() ?? false
const what = `of ${JOBS} jobs, while ${ACTS} times a server or runner is killed, stopped or cut off, each ends once with its own result`

test(`${what} (SQLite)`, { skip, timeout: 3_600_000 }, async (context) => {
  await survive(context, { flags: [], between: async () => undefined })
})

test(`${what}, and the database is restarted (PostgreSQL)`, {
  skip: skip || POSTGRES_SKIP,
  timeout: 3_600_000,
}, async (context) => {
  const postgres = await startPostgres()
  context.after(() => postgres.stop())
  const flags = ["--database", await postgres.makeDatabase()]
  await survive(context, { flags, between: () => postgres.restart() })
})

async function survive(
  context: TestContext,
  on: { readonly flags: readonly string[]; readonly between: () => Promise<void> },
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-chaos-"))
  const next = chance(SEED)
  const fleet = await openFleet({
    folder,
    port: await freePort(),
    flags: on.flags,
    runners: 2,
    slots: 2,
    leaseS: LEASE_S,
    chance: chance(SEED + 1),
  })
  context.after(async () => {
    await fleet.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
  })
  const lab = await openLab(() => fleet.server().address, { password: fleet.server().password ?? "", folder })
  const session = await lab.session("ses-01")
  await lab.gear({
    name: "own",
    // What it says differs from job to job, so that no result can be taken for another's.
    command:
      'n=$(sed -n "s/.*\\"n\\": *\\([0-9]*\\).*/\\1/p" config.json); echo "begin $n"; sleep 0.2; echo "result of $n" > output/result-$n.txt; echo "end $n"',
    config: { n: { type: "integer" } },
  })
  const jobs = new Map<string, number>()
  for (let n = 0; n < JOBS; n++) jobs.set(await lab.submit({ gear: "own", config: { n }, destination: session }), n)
  await fleet.startRunners(await lab.runnerToken())
  const history: string[] = []
  for (let acts = 0; acts < ACTS; acts++) {
    await pause(next() * 1500)
    history.push(await fleet.act(Math.floor(next() * 1_000_000)))
    if (acts === Math.floor(ACTS / 2)) await on.between()
  }
  await fleet.calm()
  let mostAttempts = 1
  for (const [id, n] of jobs) {
    const facts = await within(MOST_MS, lab.ended(id))
    assert.ok(facts !== undefined, `job ${n} never ended; ${history.join(", ")}`)
    const wanted = `sha256:${createHash("sha256").update(`result of ${n}\n`).digest("hex")}`
    const outputs = facts.outputs?.map(({ name, digest }) => [name, digest])
    assert.deepEqual(
      [facts.state, outputs],
      ["complete", [[`result-${n}.txt`, wanted]]],
      `job ${n}: ${JSON.stringify(facts)}`,
    )
    assert.equal(await lab.text(`/jobs/${id}/logs`), `begin ${n}\nend ${n}\n`)
    mostAttempts = Math.max(mostAttempts, facts.attempt)
  }
  assert.deepEqual(
    (await allFiles(lab, session)).map(({ name, version }) => `${name} ${version}`).toSorted(),
    [...jobs.values()].map((n) => `result-${n}.txt 1`).toSorted(),
    "each result was published once",
  )
  const repeated = fleet.repeated()
  checkRepeated(repeated)
  context.diagnostic(`${repeated.length} things were said twice; a job took ${mostAttempts} attempts at most`)
  if (!fleet.hasNetworks) context.diagnostic("needs root: without network namespaces, only connections were broken")
  context.diagnostic(history.join(", "))
}

interface Listed {
  readonly name: string
  readonly version: number
}

async function allFiles(lab: Lab, place: string): Promise<readonly Listed[]> {
  const all: Listed[] = []
  let after = ""
  for (;;) {
    const path = `/places/${place}/files?limit=1000${after}`
    const { items, next } = await lab.ask<{ readonly items: readonly Listed[]; readonly next?: string }>("GET", path)
    all.push(...items)
    if (next === undefined) return all
    after = `&cursor=${encodeURIComponent(next)}`
  }
}

/** Whoever ends an attempt twice is told the same both times; unless the server was busy, or away, at one of them. */
function checkRepeated(repeated: readonly Repeated[]): void {
  const answered = repeated.filter(({ first, second }) => first.status < 500 && second.status < 500)
  const finished = answered.filter(({ what }) => what === "finish")
  for (const { first, second } of finished) assert.deepEqual(withoutId(second), withoutId(first))
  for (const { what, first, second } of answered) {
    if (first.status === 200 && what === "logs/n") assert.ok([200, 409].includes(second.status), JSON.stringify(second))
  }
  assert.ok(repeated.length > 0, "something was said twice")
}

/** A problem names its own request. */
function withoutId({ status, body }: Answer): object {
  const { instance: _, ...rest } = JSON.parse(body) as Record<string, unknown>
  return { status, ...rest }
}

async function within<Value>(ms: number, value: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return await Promise.race([value, late]).finally(() => clearTimeout(timer))
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { readonly port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
