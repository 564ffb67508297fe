import assert from "node:assert/strict"
import { test } from "node:test"
import { judgeJobOutput, type OutputRules } from "./judge-output.ts"

const XML = (raw: number): string =>
  `<?xml version="1.0"?>\n<invocation><mainjob><status raw="${raw}"><regular exitcode="${raw >> 8}"/></status></mainjob></invocation>\n`
const YAML = (raw: number): string =>
  `- invocation: True\n  version: 3.0\n  mainjob:\n    status:\n      raw: ${raw}\n      regular_exitcode: ${raw >> 8}\n  files:\n    stdout:\n      data: |\n        status:\n          raw: 7\n`

const CASES: readonly (readonly [string, string, "success" | "failure", OutputRules?])[] = [
  ["a record of a program that ended well", XML(0), "success"],
  ["a record of one that did not", XML(256), "failure"],
  ["a record of one that could not be started", XML(-1), "failure"],
  ["a record as YAML", YAML(0), "success"],
  ["a record as YAML of one that failed", YAML(256), "failure"],
  ["two records, of which one failed", XML(0) + XML(11), "failure"],
  ["a record without a status", "- invocation: True\n  version: 3.0\n", "failure"],
  ["nothing", "", "failure"],
  ["no record", "all is well\n", "failure"],
  ["a cluster that is well", '[cluster-summary stat="ok", tasks=2, succeeded=2, failed=0]', "success"],
  ["a cluster with a failed task", '[cluster-summary stat="ok" tasks=2, succeeded=1, failed=1]', "failure"],
  ["a cluster that says so itself", '[cluster-summary stat="error" tasks=2, succeeded=2, failed=0]', "failure"],
  ["a cluster with tasks that never ended", '[cluster-summary stat="ok", tasks=9, succeeded=0, failed=0]', "failure"],
  [
    "a cluster that had nothing to submit",
    '[cluster-summary stat="ok", tasks=9, submitted=0, succeeded=0, failed=0]',
    "success",
  ],
  ["tasks of a cluster that never summed up", `${XML(0)}[cluster-task id=1, name=A, status=0]`, "failure"],
  ["a summary that is cut off", '[cluster-summary stat="ok", tasks=2', "failure"],
  ["what the scheduler says", XML(0), "failure", { jobStatus: 1 }],
  ["a text that must not be there", XML(0), "failure", { failureMessages: ["exitcode"] }],
  ["a text that has to be there", XML(0), "failure", { successMessages: ["Done"] }],
  ["all texts that have to be there", `${XML(0)}Done and done`, "success", { successMessages: ["Done", "done"] }],
]

for (const [what, output, verdict, rules] of CASES) {
  test(`${what}: ${verdict}`, () => {
    const judged = judgeJobOutput(output, rules)
    assert.equal(judged.verdict, verdict, judged.why)
  })
}
