import assert from "node:assert/strict"
import { test } from "node:test"
import type { Profiles } from "../workflow/profiles.ts"
import { environmentOf, isFollowedProperty, policyOf } from "./step-policy.ts"
import type { TakenOver } from "./take-over.ts"

function policy(profiles: Profiles) {
  const rows: TakenOver[] = []
  return {
    of: policyOf(profiles, rows),
    told: rows.map(({ what, taken }) => `${what.replace("profile ", "")} ${taken}`),
  }
}

test("amounts are taken over in the words of a step, rounded up to whole units", () => {
  const { of, told } = policy({
    pegasus: { cores: "2", memory: "1024.2", diskspace: "10", runtime: "59.1", gpus: "1" },
  })
  assert.deepEqual(of, { resources: { cpus: 2, memory: "1025m", disk: "10m", time: "60s", gpu: 1 } })
  assert.ok(told.every((row) => row.endsWith(" yes")))
})

test("what Pegasus says stands over what HTCondor says", () => {
  assert.deepEqual(policy({ pegasus: { cores: "2" }, condor: { request_cpus: "8", request_memory: "5" } }).of, {
    resources: { cpus: 2, memory: "5m" },
  })
})

test("tries after the first are attempts, whatever it was that failed", () => {
  assert.deepEqual(policy({ dagman: { RETRY: "3" } }).of.retry, {
    attempts: 4,
    on: ["memory", "time", "disk", "machine", "exit"],
  })
  assert.equal(policy({ dagman: { retry: "0" } }).of.retry, undefined)
})

test("a priority may be negative, and is a whole number or is not followed", () => {
  assert.deepEqual(policy({ dagman: { priority: "-5" } }), { of: { priority: -5 }, told: ["dagman.priority yes"] })
  for (const value of ["high", "", "1.5", "0x10", "1e3"])
    assert.deepEqual(policy({ dagman: { PRIORITY: value } }), { of: {}, told: ["dagman.PRIORITY no"] }, value)
})

test("what is no number is told as not followed, and makes nothing", () => {
  for (const value of ["many", "", "-1", "1g", "0x10", "Infinity", "1e9", "9".repeat(20)])
    assert.deepEqual(policy({ pegasus: { memory: value } }), { of: {}, told: ["pegasus.memory no"] }, value)
})

test("profiles of how Pegasus plans, and of what jobs print, are told as not followed", () => {
  assert.deepEqual(policy({ pegasus: { style: "condor", "exitcode.failuremsg": "x" }, globus: { queue: "q" } }).told, [
    "pegasus.style no",
    "pegasus.exitcode.failuremsg no",
    "globus.queue no",
  ])
})

test("names that every object has are profiles of no namespace", () => {
  assert.deepEqual(policy({ constructor: { name: "1" } } as unknown as Profiles).told, ["constructor.name no"])
})

test("variables are lines of their own: one that no shell can set is left out, a line end in one becomes a blank", () => {
  const rows: TakenOver[] = []
  const text = environmentOf({ env: { A: "1", "B-C": "2", D: "x\ny", _E9: "" } }, rows)
  assert.equal(text, "A=1\nD=x y\n_E9=")
  assert.deepEqual(
    rows.map(({ taken }) => taken),
    ["yes", "no", "changed", "yes"],
  )
})

test("a property counts where a profile of the same name would", () => {
  for (const property of ["env.HOME", "pegasus.cores", "dagman.retry", "condor.priority"])
    assert.ok(isFollowedProperty(property), property)
  for (const property of ["env", "pegasus.style", "cores", "", "pegasus.cores.more", "constructor.name"])
    assert.ok(!isFollowedProperty(property), property)
})
