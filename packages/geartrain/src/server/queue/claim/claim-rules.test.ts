import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { chooseLane, nextTurn, TURN, turnOf } from "./choose-lane.ts"
import { explainWait } from "./explain-wait.ts"
import { fitsRunner, hasRoom } from "./fits-runner.ts"
import { heldBack, runningOf } from "./held-back.ts"
import { type Lane, limitOf, type QueueLimit, type QueueView, type RunnerView } from "./queue-view.ts"
import { tokenRight } from "./token-right.ts"

const RUNNER: RunnerView = {
  id: "r",
  labels: { site: "a" },
  capabilities: ["gpu"],
  slots: 2,
  cpus: 4,
  memoryBytes: 1000,
  gpus: 1,
  isDrained: false,
  running: [],
}

function lane(id: string, members: Partial<Lane> = {}): Lane {
  const still = { resources: {}, pending: 1, running: 0, headPriority: 0, headQueuedMs: 0 }
  return { id, owner: `user-${id}`, project: `project-${id}`, group: "lab", ...still, ...members }
}

function view(lanes: readonly Lane[], limits: Readonly<Record<string, QueueLimit>> = {}): QueueView {
  return { lanes, limits: new Map(Object.entries(limits)), turns: { of: new Map(), last: 0 } }
}

test("a runner takes what it has: amounts, labels by their values, and capabilities", () => {
  for (const resources of [
    {},
    { cpus: 4, memoryBytes: 1000, gpus: 1 },
    { labels: { site: "a" } },
    { capabilities: ["gpu"] },
  ])
    assert.ok(fitsRunner(resources, RUNNER), JSON.stringify(resources))
  for (const resources of [
    { cpus: 4.5 },
    { memoryBytes: 1001 },
    { gpus: 2 },
    { labels: { site: "b" } },
    { labels: { rack: "1" } },
    // No label of anybody's: what every object has is none.
    { labels: { constructor: "a" } },
    { capabilities: ["gpu", "networking"] },
  ])
    assert.ok(!fitsRunner(resources, RUNNER), JSON.stringify(resources))
})

test("room is a free slot and what the running jobs left; who asks for nothing needs the slot alone", () => {
  const busy = { ...RUNNER, running: [{ cpus: 3, memoryBytes: 1000 }] }
  assert.ok(hasRoom({ cpus: 1 }, busy))
  assert.ok(!hasRoom({ cpus: 2 }, busy))
  assert.ok(!hasRoom({ memoryBytes: 1 }, busy))
  assert.ok(hasRoom({}, busy))
  assert.ok(!hasRoom({}, { ...RUNNER, running: [{}, {}] }))
  // Those that took more than there is, as of a runner that now offers less, shut nobody out who asks for nothing of it.
  assert.ok(hasRoom({ gpus: 1 }, { ...RUNNER, running: [{ cpus: 9 }] }))
})

test("a limit of one's own stands over the one for all, member by member", () => {
  const limits = new Map<string, QueueLimit>([
    ["user/*", { running: 2, weight: 3 }],
    ["user/ada", { running: 5 }],
  ])
  assert.deepEqual(limitOf(limits, "user", "ada"), { running: 5, weight: 3 })
  assert.deepEqual(limitOf(limits, "user", "bob"), { running: 2, weight: 3 })
  assert.deepEqual(limitOf(limits, "project", "ada"), {})
})

test("pauses hold back before limits, and the widest is told first", () => {
  const mine = { owner: "ada", project: "p", group: "lab" }
  const running = runningOf([lane("1", { ...mine, running: 2 }), lane("2", { owner: "bob", group: "lab", running: 1 })])
  const held = (limits: Readonly<Record<string, QueueLimit>>) =>
    heldBack(mine, new Map(Object.entries(limits)), running)
  assert.equal(held({}), undefined)
  assert.equal(held({ "site/*": { paused: true }, "project/p": { paused: true } }), "WAITING_PAUSED")
  assert.equal(held({ "project/p": { paused: true }, "user/ada": { running: 0 } }), "WAITING_PROJECT_PAUSED")
  assert.equal(held({ "user/ada": { running: 2 }, "project/p": { running: 2 } }), "WAITING_FOR_USER_LIMIT")
  assert.equal(held({ "user/ada": { running: 3 }, "project/p": { running: 2 } }), "WAITING_FOR_PROJECT_LIMIT")
  assert.equal(held({ "group/lab": { running: 3 } }), "WAITING_FOR_GROUP_LIMIT")
  assert.equal(held({ "group/lab": { running: 4 } }), undefined)
})

test("a lane without a pending job, one that is held back and one that does not fit are passed over", () => {
  const lanes = [lane("1", { pending: 0 }), lane("2"), lane("3", { resources: { cpus: 64 } }), lane("4")]
  assert.equal(chooseLane(view(lanes, { "user/user-2": { running: 0 } }), RUNNER)?.id, "4")
  assert.equal(chooseLane(view([]), RUNNER), undefined)
})

test("who has fewest running goes first, by weight; priority orders the jobs of one user alone", () => {
  const ada = lane("1", { owner: "ada", running: 2, headPriority: 100 })
  const bob = lane("2", { owner: "bob", running: 1, headPriority: -100 })
  assert.equal(chooseLane(view([ada, bob]), RUNNER)?.id, "2")
  assert.equal(chooseLane(view([ada, bob], { "user/ada": { weight: 3 } }), RUNNER)?.id, "1")
  const urgent = lane("3", { owner: "ada", headPriority: 101 })
  assert.equal(chooseLane(view([ada, urgent]), RUNNER)?.id, "3")
})

test("of users with as many running, the one who had fewer turns goes first; of jobs, the one that waits longest", () => {
  const ada = lane("1", { owner: "ada", headQueuedMs: 1 })
  const bob = lane("2", { owner: "bob", headQueuedMs: 2 })
  assert.equal(chooseLane(view([bob, ada]), RUNNER)?.id, "1")
  const turns = { of: new Map([["ada", 2 * TURN]]), last: TURN }
  assert.equal(chooseLane({ ...view([ada, bob]), turns }, RUNNER)?.id, "2")
})

test("nobody is owed turns for the time in which they wanted none", () => {
  const turns = { of: new Map([["ada", 5]]), last: 70 }
  assert.equal(turnOf({ ...view([]), turns }, "ada"), 70)
  assert.equal(nextTurn({ ...view([], { "user/ada": { weight: 4 } }), turns }, "ada"), 70 + TURN / 4)
  // However heavy, a turn is counted.
  assert.equal(nextTurn({ ...view([], { "user/ada": { weight: 2 * TURN } }), turns }, "ada"), 71)
})

test("the lane that is chosen does not depend on the order in which lanes are read", () => {
  const lanes = fc.array(
    fc.record({
      owner: fc.constantFrom("ada", "bob", "eve"),
      running: fc.nat({ max: 2 }),
      headPriority: fc.nat({ max: 1 }),
      headQueuedMs: fc.nat({ max: 1 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  fc.assert(
    fc.property(lanes, (members) => {
      const all = members.map((each, index) => lane(String(index), each))
      const limits = { "user/eve": { weight: 2 } }
      const chosen = chooseLane(view(all, limits), RUNNER)
      assert.deepEqual(chooseLane(view(all.toReversed(), limits), RUNNER), chosen)
      assert.equal(explainWait(all[0] ?? lane("0"), view(all, limits), [RUNNER]), "WAITING_FOR_TURN")
    }),
  )
})

test("why a lane waits is the first thing in its way", () => {
  const waits = (members: Partial<Lane>, runners: readonly RunnerView[], limits = {}) =>
    explainWait(lane("1", members), view([], limits), runners)
  assert.equal(waits({}, []), "WAITING_FOR_RUNNER")
  assert.equal(waits({ resources: { gpus: 2 } }, [RUNNER]), "WAITING_FOR_RUNNER")
  assert.equal(waits({}, [{ ...RUNNER, isDrained: true }]), "WAITING_FOR_DRAINED_RUNNER")
  assert.equal(waits({}, [RUNNER], { "runner/r": { paused: true } }), "WAITING_FOR_DRAINED_RUNNER")
  assert.equal(waits({}, [{ ...RUNNER, slots: 0 }]), "WAITING_FOR_SLOT")
  assert.equal(waits({}, [RUNNER]), "WAITING_FOR_TURN")
  assert.equal(waits({}, [], { "site/*": { paused: true } }), "WAITING_PAUSED")
})

test("a job's token writes only with a granted key that is not for reading", () => {
  const right = (...readOnly: readonly boolean[]) =>
    tokenRight({ keys: JSON.stringify(readOnly.map((each) => ({ readOnly: each }))) })
  assert.equal(right(), "read")
  assert.equal(right(true), "read")
  assert.equal(right(true, false), "write")
})
