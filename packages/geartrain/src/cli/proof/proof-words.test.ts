import assert from "node:assert/strict"
import { test } from "node:test"
import { digest, job } from "../../../test/stores/records/sample-records.ts"
import type { Explanation } from "../../engine/explain/explanation.ts"
import type { Given } from "../command.ts"
import { readDescription } from "./description-flags.ts"
import { changeWords, explanationSentence, outputWords } from "./explanation-sentence.ts"
import { listed } from "./listed.ts"
import { differenceSentence, type VerifiedJob } from "./tell-verdict.ts"

test("words are listed as a sentence has them", () => {
  assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed), ["", "a", "a and b", "a, b and c"])
})

test("a change says both values, and which side has none", () => {
  assert.equal(changeWords({ part: "config", name: "k", a: 1, b: 2 }), "config k: 2 instead of 1")
  assert.equal(changeWords({ part: "config", name: "k", b: 2 }), "config k: 2, which was not given")
  assert.equal(changeWords({ part: "config", name: "k", a: null }), "config k: not given, instead of null")
  assert.equal(
    changeWords({ part: "network", name: "", a: "none", b: "outbound" }),
    "network: outbound instead of none",
  )
})

test("no name or value of anybody's writes controls to a terminal", () => {
  const words = changeWords({ part: "config", name: "\u001b[31m", a: "\u001b]0;x\u0007", b: "\r" })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  assert.doesNotMatch(words, /[\u0000-\u001f]/)
})

function sentence(members: Partial<Explanation>): string {
  const still = {
    verdict: "same",
    job: job(1),
    differing: [],
    components: [],
    circumstances: [],
    unavailable: [],
    runs: 0,
  }
  return explanationSentence({ ...still, ...members } as Explanation)
}

const outcomes = (count: number) =>
  ({ outcomes: Array(count).fill({}), varying: [] }) as unknown as Explanation["observed"]
const exits = (a: number, b: number) => [job(1, { exit: { code: a } }), job(2, { exit: { code: b } })] as const

test("each verdict is one sentence, with how many runs it rests on", () => {
  assert.equal(sentence({}), "both jobs came out the same")
  assert.match(sentence({ components: [{ part: "config", name: "k" }] }), /, though their invocations differ$/)
  assert.match(sentence({ verdict: "repeats", observed: outcomes(3) as never }), /do not differ: 3 new runs /)
  assert.match(
    sentence({ verdict: "unseen", pair: exits(0, 1), observed: outcomes(1) as never }),
    /^the exit codes 0 and 1 differ; that did not show again: 1 new run /,
  )
  assert.equal(sentence({ verdict: "undecided", runs: 4 }), "no cause was found in 4 runs, and more were not allowed")
  assert.match(sentence({ verdict: "unexplained", pair: exits(0, 2) }), /no change of one invocation/)
})

test("of several outputs that differ the first is told, and how many there are", () => {
  const pair = exits(0, 0)
  const differing = [{ path: "a" }, { path: "b", onlyIn: "A" }] as unknown as Explanation["differing"]
  assert.match(sentence({ verdict: "unexplained", pair, differing }), /^2 outputs differ, such as a: other bytes; /)
  const change = { cause: [{ part: "config", name: "k", a: 1, b: 2 }], tried: [] } as unknown as Explanation["change"]
  assert.equal(
    sentence({ verdict: "explained", pair, differing: differing.slice(0, 1), change: change as never }),
    "a: other bytes; the cause is config k: 2 instead of 1",
  )
})

test("an output is told by its format where that is known, and how near it is", () => {
  const comparison = { summary: "3 of 5 values differ" }
  assert.equal(outputWords({ path: "a", comparison } as never), "3 of 5 values differ")
  assert.equal(outputWords({ path: "a", comparison, within: 1e-7 } as never), "3 of 5 values differ, equal within 1e-7")
  assert.equal(outputWords({ path: "a", comparison, within: 0.5 } as never), "3 of 5 values differ, equal within 0.5")
})

function given(flags: Readonly<Record<string, string>>): Given {
  return { words: [], raw: [], has: (flag) => flag in flags, text: (flag) => flags[flag], list: () => [] }
}

test("an author's ORCID is an address of that form, and belongs to a name", () => {
  const orcid = "https://orcid.org/0000-0002-1825-009X"
  assert.deepEqual(readDescription(given({ name: "T", author: "Ada", orcid })), {
    name: "T",
    author: { name: "Ada", orcid },
  })
  assert.deepEqual(readDescription(given({})), {})
  for (const flags of [
    { orcid },
    { author: "Ada", orcid: "0000-0002-1825-0097" },
    { author: "Ada", orcid: `${orcid}/x` },
  ])
    assert.throws(() => readDescription(given(flags)), { code: "USAGE" })
})

test("of a re-run that differs it is told in how many of all outputs, of both runs, or in its exit code", () => {
  const file = (path: string) => ({ path, digest: digest(1), sizeBytes: 1 })
  const verified = (differences: readonly object[], outputs: readonly string[]) =>
    ({
      record: job(1, { outputs: [file("a"), file("b")], exit: { code: 0 } }),
      job: job(2, { outputs: outputs.map(file), exit: { code: 3 } }),
      verification: { differences },
    }) as unknown as VerifiedJob
  assert.equal(differenceSentence(verified([], [])), "the exit code was 0 and is 3")
  assert.equal(differenceSentence(verified([{}], ["a", "b"])), "1 of 2 outputs differs")
  assert.equal(differenceSentence(verified([{}, {}], ["b", "c"])), "2 of 3 outputs differ")
})
