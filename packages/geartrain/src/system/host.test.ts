import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { isAlive, lifeOf, ownIdentity, signalProcess } from "./host.ts"

test("this process is alive", () => {
  assert.equal(lifeOf(ownIdentity()), "alive")
})

test("a process that took the id of another is not that other", () => {
  const own = ownIdentity()
  const [ticks, ...rest] = own.startTime.split("@")
  const before = { ...own, startTime: [Number(ticks) - 1, ...rest].join("@") }
  assert.equal(lifeOf(before), "dead")
  assert.equal(isAlive(before), false)
})

test("a process that was started before the machine's last boot is dead", () => {
  const own = ownIdentity()
  const [ticks, , namespace] = own.startTime.split("@")
  assert.equal(lifeOf({ ...own, startTime: `${ticks}@00000000-0000-0000-0000-000000000000@${namespace}` }), "dead")
})

test("of a process on another machine or in another process id namespace nothing is known, so it counts as alive", () => {
  const own = ownIdentity()
  const elsewhere = { ...own, startTime: own.startTime.replace(/\d+$/, "1") }
  for (const identity of [{ ...own, host: "elsewhere.example" }, elsewhere]) {
    assert.equal(lifeOf(identity), "unknown")
    assert.equal(isAlive(identity), true)
    // Would end this very process if it were taken for its own.
    signalProcess(identity, "SIGKILL")
  }
})

test("a process that has ended is dead", async () => {
  const child = spawn("sleep", ["60"])
  await once(child, "spawn")
  const pid = child.pid ?? 0
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]
  const own = ownIdentity()
  const identity = { ...own, pid, startTime: own.startTime.replace(/^\d+/, String(ticks)) }
  assert.equal(lifeOf(identity), "alive")
  signalProcess(identity, "SIGKILL")
  await once(child, "exit")
  assert.equal(lifeOf(identity), "dead")
})
