import assert from "node:assert/strict"
import { test } from "node:test"
import { answerWords } from "./probe-answer.ts"

test("answers are told by letters, so that the same answer is seen under two conditions", () => {
  assert.equal(answerWords({ answers: [0, 0, 0] }), "A")
  assert.equal(answerWords({ answers: [1, 1] }), "B")
  assert.equal(answerWords({ answers: [0, 2, 0] }), "A C")
  assert.equal(answerWords({ answers: [] }), "")
  assert.equal(answerWords({ answers: [0, 1, 2, 3, 4, 5, 1] }), "A B C D … 6 different")
  assert.equal(answerWords({ answers: [30] }), "#31")
})
