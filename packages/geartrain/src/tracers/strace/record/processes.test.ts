import assert from "node:assert/strict"
import { test } from "node:test"
import { Processes } from "./processes.ts"

const FORK = "child_stack=NULL, flags=SIGCHLD"
const THREAD = "child_stack=0x1, flags=CLONE_VM|CLONE_FS|CLONE_FILES"

function begin() {
  const processes = new Processes()
  const first = processes.first(1)
  first.folder.path = "/work"
  return { processes, first }
}

test("a thread shares the working folder of its process, and a child has one of its own", () => {
  const { processes, first } = begin()
  const thread = processes.made(first, 2, THREAD)
  const child = processes.made(first, 3, FORK)
  first.folder.path = "/elsewhere"
  assert.deepEqual([thread.folder.path, child.folder.path], ["/elsewhere", "/work"])
})

test("a new process is the gear's, or outside of the box, where its maker is", () => {
  const { processes, first } = begin()
  first.isGears = true
  first.isElsewhere = true
  const { isGears, isElsewhere } = processes.made(first, 2, FORK)
  assert.deepEqual([isGears, isElsewhere], [true, true])
})

test("a process that appears before its maker is told of it is the one that is being made", () => {
  const { processes, first } = begin()
  first.begun = { name: "clone", words: FORK }
  processes.startMaking(first)
  assert.equal(processes.appeared(2)?.folder.path, "/work")
})

test("where nobody makes one, who made it is not known", () => {
  const { processes } = begin()
  assert.equal(processes.appeared(2), undefined)
  assert.equal(processes.get(2), undefined)
})

test("of two that make processes at once it does not matter which, if they look alike; else nobody guesses", () => {
  const { processes, first } = begin()
  const second = processes.made(first, 2, FORK)
  for (const maker of [first, second]) {
    maker.begun = { name: "clone", words: FORK }
    processes.startMaking(maker)
  }
  assert.equal(processes.appeared(3)?.folder.path, "/work")
  second.folder.path = "/other"
  assert.equal(processes.appeared(4), undefined)
  processes.stopMaking(second)
  assert.equal(processes.appeared(4)?.folder.path, "/work")
})

test("two that look alike and share their folders with what they make are not alike", () => {
  const { processes, first } = begin()
  const second = processes.made(first, 2, FORK)
  for (const maker of [first, second]) {
    maker.begun = { name: "clone", words: THREAD }
    processes.startMaking(maker)
  }
  assert.equal(processes.appeared(3), undefined)
})

test("what has ended makes nothing any more", () => {
  const { processes, first } = begin()
  first.begun = { name: "clone", words: FORK }
  processes.startMaking(first)
  processes.ended(1)
  assert.equal(processes.appeared(2), undefined)
  assert.equal(processes.size, 0)
})

test("a thread that starts a program goes on under the number of its process", () => {
  const { processes, first } = begin()
  const thread = processes.made(first, 2, THREAD)
  thread.begun = { name: "execve", words: "x" }
  processes.superseded(1, 2)
  assert.equal(processes.get(2), undefined)
  assert.deepEqual(processes.get(1), { ...thread, pid: 1 })
  // Of one that is not known, nothing is said.
  processes.superseded(1, 99)
  assert.deepEqual(processes.get(1), { ...thread, pid: 1 })
})

test("one that nobody made is taken for the gear's: nothing that a gear did is left out", () => {
  const { processes } = begin()
  assert.deepEqual(processes.orphan(5), {
    pid: 5,
    folder: { path: undefined },
    isGears: true,
    isElsewhere: false,
    begun: undefined,
  })
})
