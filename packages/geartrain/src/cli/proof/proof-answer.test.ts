import assert from "node:assert/strict"
import { test } from "node:test"
import { contextOf, HOSTILE, hasControls } from "../../../test/cli/told.ts"
import { jobId, job as sampleJob } from "../../../test/stores/records/sample-records.ts"
import type { Proof, ProofRun, ProvenCase } from "../../compose/proof/prove.ts"
import { proofAnswer } from "./proof-answer.ts"

const job = (number: number) => sampleJob(number, { state: "complete", exit: { code: 0 } })
const run = (provider: string, verdict: ProofRun["verdict"], more: Partial<ProofRun> = {}): ProofRun => ({
  ...{ provider, verdict, job: job(2) },
  ...more,
})
const proven = (runs: readonly ProofRun[], more: Partial<ProvenCase> = {}): ProvenCase => ({
  ...{ first: job(1), problems: [], runs },
  ...more,
})

function answered(cases: readonly ProvenCase[], unavailable: Proof["unavailable"] = []) {
  const { context, out, err } = contextOf()
  const result = proofAnswer(context, { cases, unavailable }, { gear: "g" })
  const [sentence] = out().trimEnd().split("\n").slice(-1)
  return { result, sentence, out: out(), err: err() }
}

test("the same under every provider is proven, and says under which", () => {
  const { result, sentence } = answered([proven([run("crun", "first"), run("podman", "identical")])])
  assert.equal(sentence, "identical  2 runs under crun and podman: the same outputs")
  assert.deepEqual([result.exitCode, result.error], [undefined, undefined])
})

test("what the manifest declares as free makes it equivalent", () => {
  const { result, sentence } = answered([
    proven([run("crun", "first"), run("podman", "equivalent"), run("runc", "identical")]),
  ])
  assert.match(sentence ?? "", /^equivalent {2}3 runs .*, but for what the gear's manifest declares as free$/)
  assert.equal(result.exitCode, undefined)
})

test("a difference under one is the answer, with what to type to see it", () => {
  const runs = [run("crun", "first"), run("podman", "different", { job: job(3) }), run("runc", "undecided")]
  const { result, sentence, err } = answered([proven(runs)])
  assert.equal(sentence, "different  3 runs, and under podman the outputs differ")
  assert.deepEqual([result.exitCode, result.error?.code], [1, "DIFFERENT"])
  assert.equal(result.error?.fix, `gear diff ${jobId(1)} ${jobId(3)}`)
  assert.ok(err.includes(`→ gear verify ${jobId(1)} --repeat 5`), err)
})

test("a single run proves nothing, and nor does one that came to no end", () => {
  const single = answered([proven([run("crun", "first")])])
  assert.equal(single.sentence, "undecided  only crun works here: there is nothing to compare with")
  assert.equal(single.result.exitCode, 6)
  const failed = answered([
    proven([run("crun", "first"), run("podman", "identical"), run("runc", "undecided", { why: "no kernel" })]),
  ])
  assert.equal(failed.sentence, "undecided  under runc it came to no end that can be compared")
  assert.match(failed.err, /^warning undecided under runc: no kernel$/m)
  assert.equal(answered([]).result.exitCode, 6)
})

test("one case that is alone leaves the whole undecided, though others are proven", () => {
  const good = proven([run("crun", "first"), run("podman", "identical")], { name: "a" })
  const { result } = answered([good, proven([run("crun", "first")], { name: "b" })])
  assert.equal(result.exitCode, 6)
})

test("problems of tests are told up to a bound, with their test, and all of them to programs", () => {
  const problems = Array.from({ length: 25 }, (_, at) => `expected ${at} ${HOSTILE}`)
  const { err, result, out } = answered([
    proven([run("crun", "first"), run("podman", "identical")], { name: "t1", problems }),
  ])
  assert.equal(err.match(/^warning t1: expected/gm)?.length, 20)
  assert.match(err, /^warning and 5 more of the kind: --json has them$/m)
  assert.ok(!hasControls(err) && !hasControls(out))
  const [first] = Object(result.data).cases
  assert.deepEqual([first.test, first.problems.length], ["t1", 25])
})

test("a provider that does not work is told of, and counts for nothing", () => {
  const { result, err } = answered([proven([run("crun", "first"), run("podman", "identical")])], [
    { provider: "runc", why: HOSTILE },
  ] as unknown as Proof["unavailable"])
  assert.match(err, /^warning runc does not work here: /)
  assert.ok(!hasControls(err))
  assert.equal(result.exitCode, undefined)
})

test("a run without a job says nothing of its exit code", () => {
  const cases = [{ problems: [], runs: [{ provider: "crun", verdict: "undecided" as const, why: "gone" }] }]
  const { result } = answered(cases)
  const [only] = Object(result.data).cases
  assert.deepEqual(only, {
    ...{ first: null, problems: [] },
    runs: [{ provider: "crun", verdict: "undecided", job: null, exitCode: null, why: "gone" }],
  })
  assert.equal(result.error?.fix, null)
})
