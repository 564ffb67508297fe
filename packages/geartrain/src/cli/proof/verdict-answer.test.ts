import assert from "node:assert/strict"
import { test } from "node:test"
import { countVerdicts, verdictResult, worstVerdict } from "./verdict-answer.ts"

test("of several verdicts the worst is the answer, and what differs is worse than what nobody knows", () => {
  assert.equal(worstVerdict(["identical", "equivalent", "identical"]), "equivalent")
  assert.equal(worstVerdict(["undecided", "equivalent"]), "undecided")
  assert.equal(worstVerdict(["undecided", "different"]), "different")
  assert.equal(worstVerdict([]), undefined)
  assert.equal(countVerdicts(["different", "identical", "different"]), "1 identical, 2 different")
})

test("a verdict ends a command with 0, 1 or 6, and says why it is not 0", () => {
  const end = (verdict: Parameters<typeof verdictResult>[0]) =>
    verdictResult(verdict, {}, { message: "so it is", fix: "gear diff A B" })
  assert.deepEqual([end("identical").exitCode ?? 0, end("equivalent").exitCode ?? 0], [0, 0])
  assert.deepEqual([end("different").exitCode, end("different").error?.code], [1, "DIFFERENT"])
  assert.deepEqual([end("undecided").exitCode, end("undecided").error?.code], [6, "UNDECIDED"])
  assert.equal(end("different").error?.fix, "gear diff A B")
})
