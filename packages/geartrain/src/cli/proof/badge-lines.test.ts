import assert from "node:assert/strict"
import { test } from "node:test"
import type { DeterminismBadge } from "@geartrain/spec"
import type { JudgedBadge } from "../../publishing/catalogue/badges/sign-badge.ts"
import { createPaint } from "../output/paint.ts"
import { badgeData, badgeMarks, badgeSection } from "./badge-lines.ts"

const paint = createPaint(false)

function badge(change: Partial<DeterminismBadge> = {}): DeterminismBadge {
  return {
    ...{ name: "bet", version: "1.0.0", platform: "linux/amd64", verdict: "deterministic", sameness: "bytes" },
    counts: { tests: 2, failedTests: 0, runs: 30, undecided: 0 },
    tests: [],
    untried: [],
    providers: [{ name: "crun", version: "1" }],
    host: { architecture: "x86_64", kernel: "6", processor: "A Processor", cpus: 4 },
    engine: { version: "0.1.0", node: "24.0.0" },
    at: "2026-01-02T03:04:05.678Z",
    ...change,
  } as DeterminismBadge
}

function judged(standing: JudgedBadge["standing"], change: Partial<DeterminismBadge> = {}): JudgedBadge {
  const isGood = standing === "good"
  return { standing, badge: badge(change), signedBy: isGood ? ["lab"] : [], unknown: isGood ? [] : ["ab".repeat(32)] }
}

test("a gear of which nobody has said anything has no section and no mark", () => {
  assert.deepEqual(badgeSection([], paint), [])
  assert.deepEqual(badgeMarks([]), [])
})

test("a good badge is told with its runs, what failed, what was not tried, and who signed it", () => {
  const one = judged("good", {
    verdict: "one-thread",
    sameness: "declared",
    counts: { tests: 2, failedTests: 1, runs: 30, undecided: 2 },
    untried: [{ what: "fixed-clock", why: "libfaketime is not installed here" }],
  })
  const lines = badgeSection([one], paint)
  assert.equal(lines[1], "Determinism  deterministic with one thread")
  assert.equal(
    lines[2],
    "  deterministic with one thread, but for what its manifest declares as free: 30 runs (2 more came to no end) of 2 tests under crun, on 4 processors, A Processor",
  )
  assert.deepEqual(lines.slice(3, 5), [
    "    1 of 2 tests fails",
    "    a fixed clock was not tried: libfaketime is not installed here",
  ])
  assert.match(lines[5] ?? "", /^ {4}signed by lab, 2026-01-0\d /)
  assert.deepEqual(badgeMarks([one]), ["deterministic with one thread", "1 of 2 tests fails"])
})

test("the worst good badge stands above a newer one", () => {
  const early = judged("good", { verdict: "not-deterministic", at: "2026-01-01T00:00:00.000Z" })
  const lines = badgeSection([judged("good"), early], paint)
  assert.equal(lines[1], "Determinism  not deterministic")
  assert.match(lines[2] ?? "", /^ {2}deterministic: /)
})

test("badges that do not count are told as that, and are no fact anywhere", () => {
  for (const [standing, words, mark] of [
    [
      "unknown-key",
      /says deterministic, but is signed by a key that you do not trust for this gear: abababababab/,
      "badge by an unknown key",
    ],
    ["forged", /says deterministic, but its signature is not by the key that it names/, "badge forged"],
    ["other-gear", /says deterministic, but is about another gear/, "badge of another gear"],
  ] as const) {
    const one = judged(standing)
    const lines = badgeSection([one], paint)
    assert.equal(lines[1], "Determinism  not known: no badge by a key that counts")
    assert.match(lines[2] ?? "", words)
    assert.deepEqual(badgeMarks([one]), [mark])
    assert.equal(badgeData([one])["verdict"], null)
  }
  const nothing: JudgedBadge = { standing: "unreadable", signedBy: [], unknown: [] }
  assert.match(badgeSection([nothing], paint)[2] ?? "", /it is no badge, or of a newer kind/)
  assert.deepEqual(badgeMarks([nothing]), [])
})

test("what a badge says cannot drive a terminal, and many of them are not all shown", () => {
  const sly = judged("good", {
    host: { ...badge().host, processor: "\u001b[2Jgone" },
    providers: [{ name: "a\nb", version: "1" }],
  })
  const lines = badgeSection(Array<JudgedBadge>(9).fill(sly), paint)
  assert.ok(!lines.join("").includes("\u001b"))
  assert.ok(lines.every((line) => !line.includes("\n")))
  assert.equal(lines.at(-1), "  and 4 more badges: --json has them")
})
