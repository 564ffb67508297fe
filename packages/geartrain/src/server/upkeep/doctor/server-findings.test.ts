import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { memoryBlobStore } from "@geartrain/ports/fakes"
import { GeartrainError } from "@geartrain/spec"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { insertJob } from "../../../../test/server/rules/insert-job.ts"
import { openSqlite } from "../../database/sqlite/open-sqlite.ts"
import { openAudit } from "../../people/audit/open-audit.ts"
import { type DoctorPorts, type Finding, serverFindings } from "./server-findings.ts"

const NOW_MS = 100_000_000
const GIB = 1024 ** 3

async function opened(context: TestContext) {
  const database = await memoryDatabase(context)
  const audit = openAudit(database, () => NOW_MS)
  const ports: DoctorPorts = {
    ...{ database, blobs: memoryBlobStore(), audit, now: () => NOW_MS },
    ...{ freeBytes: async () => undefined, publicUrl: "https://gears.example" },
  }
  return {
    ports,
    audit,
    find: async (check: string, other: Partial<DoctorPorts> = {}): Promise<Finding> => {
      const found = await serverFindings({ ...ports, ...other })
      return found.find((each) => each.check === check) ?? assert.fail(`nothing is said of ${check}`)
    },
  }
}

test("of a new server all is good but that no runner is there, and nothing is left in the store", async (context) => {
  const { ports } = await opened(context)
  const findings = await serverFindings(ports)
  assert.deepEqual(
    findings.filter(({ state }) => state !== "good").map(({ check, state }) => [check, state]),
    [["runners", "poor"]],
  )
  assert.deepEqual(
    findings.map(({ check }) => check),
    ["database", "blob store", "audit", "runners", "queue", "logins", "address"],
  )
  for await (const { digest } of ports.blobs.list?.() ?? []) assert.fail(`${digest} was left`)
})

test("a database that does not answer is told, and nothing is asked of it after that", async (context) => {
  const closed = await openSqlite(":memory:")
  await closed.close()
  const { ports } = await opened(context)
  const findings = await serverFindings({ ...ports, database: closed })
  assert.deepEqual(
    findings.map(({ check, state }) => [check, state]),
    [
      ["database", "bad"],
      ["blob store", "good"],
      ["address", "good"],
    ],
  )
})

test("a store that gives other bytes than it was given is bad, and a full one says what to do", async (context) => {
  const { ports, find } = await opened(context)
  const lying = {
    ...ports.blobs,
    get: async function* () {
      yield Buffer.from("other bytes")
    },
  }
  const lies = await find("blob store", { blobs: lying })
  assert.deepEqual([lies.state, lies.says], ["bad", "The store of bytes fails: it gave other bytes than it was given"])
  const failing = (error: Error) => ({ ...ports.blobs, put: () => Promise.reject(error) })
  const full = await find("blob store", { blobs: failing(new GeartrainError("STORE_FULL", "Cannot keep it")) })
  assert.match(full.fix ?? "", /purge the trash/)
  assert.match((await find("blob store", { blobs: failing(new Error("gone")) })).fix ?? "", /bucket/)
})

test("an audit that takes nothing is bad, with the hint of what stops it", async (context) => {
  const { find } = await opened(context)
  const failing = (error: unknown) => ({ audit: { flush: () => Promise.reject(error) } })
  const full = await find("audit", failing(new GeartrainError("STORE_FULL", "Cannot write", { hint: "Make room" })))
  assert.deepEqual([full.state, full.fix], ["bad", "Make room"])
  const other = await find("audit", failing("away"))
  assert.match(other.says, /^Nothing can be noted: away\. /)
  assert.match(other.fix ?? "", /log of the server/)
})

test("a disk is good with ten GiB free, poor with a byte less, and of none nothing is said", async (context) => {
  const { find, ports } = await opened(context)
  const disk = (bytes: number) => find("disk", { freeBytes: async () => bytes })
  assert.deepEqual(await disk(10 * GIB), { check: "disk", state: "good", says: "10.0 GiB are free where the data lie" })
  const poor = await disk(10 * GIB - 1)
  assert.deepEqual([poor.state, poor.fix !== undefined], ["poor", true])
  assert.ok((await serverFindings(ports)).every(({ check }) => check !== "disk"))
})

test("jobs that wait with no runner are bad, and a queue that stands still for an hour is poor", async (context) => {
  const { ports, find } = await opened(context)
  await insertJob(ports.database, "j", { state: "pending" })
  const wait = (ms: number) =>
    ports.database.write(({ sql }) =>
      sql
        .updateTable("lanes")
        .set({ head_queued_ms: NOW_MS - ms })
        .execute(),
    )
  await wait(3_600_000)
  assert.deepEqual([(await find("runners")).state, (await find("queue")).state], ["bad", "good"])
  await wait(3_600_001)
  const late = await find("queue")
  assert.deepEqual([late.state, late.says], ["poor", "1 jobs wait, the first for 3600 s; 0 run"])
})

test("resting machines are named, a few of them, and a full disk has its own advice", async (context) => {
  const { ports, find } = await opened(context)
  const rest = (n: number, why: string) =>
    ports.database.write(({ sql }) =>
      sql
        .insertInto("runners")
        .values({
          ...{ id: `r${n}`, principal: "t", name: `r${n}`, host: "h", slots: 2, free: 2, labels: "{}" },
          ...{ capabilities: "[]", versions: "{}", cpus: 1, memory_bytes: 1, gpus: 0, drained: 0, draining: 0 },
          ...{ created_ms: 0, seen_ms: NOW_MS, rest_until_ms: NOW_MS + 1001, rest_why: why },
        })
        .execute(),
    )
  for (let n = 0; n < 5; n++) await rest(n, "NODE_FAILED")
  const five = await find("resting runners")
  assert.match(five.says, /r0 for 2 s more \(NODE_FAILED\), .*r4 for 2 s more \(NODE_FAILED\)$/)
  assert.match(five.fix ?? "", /gear doctor/)
  await rest(5, "DISK_FULL")
  const six = await find("resting runners")
  assert.match(six.says, /, and 1 more$/)
  assert.match(six.fix ?? "", /Make room/)
})

test("more than a hundred refused log-ins are worth knowing, and the addresses that most came from", async (context) => {
  const { audit, find } = await opened(context)
  const refuse = async (count: number, address: string | undefined) => {
    for (let n = 0; n < count; n++)
      await audit.add({ action: "log-in", outcome: "refused", method: "password", address })
  }
  await refuse(50, "192.0.2.1")
  await refuse(30, undefined)
  await refuse(11, "192.0.2.3")
  await refuse(9, "192.0.2.4")
  await audit.add({ action: "log-in", outcome: "allowed", method: "password", address: "192.0.2.9" })
  await audit.addNow({ action: "file.read", outcome: "refused", method: "key", address: "192.0.2.9" })
  const hundred = await find("logins")
  assert.deepEqual([hundred.state, hundred.says.slice(0, 4)], ["good", "100 "])
  await refuse(1, "192.0.2.4")
  const more = await find("logins")
  assert.equal(more.state, "poor")
  assert.match(more.says, /^101 .*, most from 192\.0\.2\.1 \(50\), nowhere \(30\), 192\.0\.2\.3 \(11\)$/)
})

test("only an address that goes over a network unencrypted is poor", async (context) => {
  const { find } = await opened(context)
  const state = async (publicUrl: string | undefined) => (await find("address", { publicUrl })).state
  for (const url of [
    undefined,
    "https://gears.example",
    "http://127.0.0.1:8080",
    "http://localhost",
    "http://[::1]:80",
  ])
    assert.equal(await state(url), "good", url)
  for (const url of [
    "http://gears.example",
    "http://192.0.2.1",
    "http://localhost.evil.example",
    "http://127.evil.example",
  ])
    assert.equal(await state(url), "poor", url)
})
