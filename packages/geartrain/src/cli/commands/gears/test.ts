import type { Gear, JsonObject } from "@geartrain/spec"
import type { ReadTest } from "../../../author/gear-tests/read-test.ts"
import type { TestResult } from "../../../author/gear-tests/run-test.ts"
import type { TestUpdate } from "../../../author/gear-tests/update-test.ts"
import type { TestRun } from "../../../compose/proof/run-tests.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatCount, formatDuration } from "../../output/amounts.ts"
import { escapeLines, escapeText } from "../../output/escape-text.ts"
import { EXIT_CODES } from "../../output/exit-codes.ts"
import { textTable } from "../../output/text-table.ts"
import { type Interrupts, interruptible } from "../../run/interrupts.ts"
import { openTested } from "./open-tested.ts"
import { readTests, TESTS_FLAG, testsFolder } from "./read-tests.ts"

export const testCommand: Command = {
  name: "test",
  arguments: [
    {
      name: "DIR|GEAR",
      says: "The folder that a gear is built from, as ./folder, or a stored gear. Default: this folder",
      optional: true,
      complete: "gear",
    },
  ],
  flags: {
    ...TESTS_FLAG,
    provider: {
      type: "text",
      value: "NAME",
      many: true,
      says: "Run under this provider only. Default: each that works on this machine",
      complete: "provider",
    },
    update: {
      type: "switch",
      says: "Write the digests of the outputs into the tests, as what is expected from now on",
    },
  },
  examples: [
    { command: "gear test", says: "Build the gear of this folder, and run its tests under every provider" },
    { command: "gear test examples/lambda-variants --provider crun", says: "Another folder, one provider" },
    { command: "gear test fsl-bet --tests ./tests", says: "A stored gear" },
    { command: "gear test --update", says: "Take what comes out now for what is expected" },
  ],
  notes: [
    "A test is a file in tests/, such as tests/simple.yaml, with inputs, config, the exit code, what the outputs are or are like, and what the log says: gear schema gear-test. Jobs of tests are kept like others: gear show JOB.",
  ],
  exits: "answer",
  exitNotes: { 0: "every test is passed, under every provider", 1: "one is not" },
  run: (context, given) =>
    interruptible(
      () => context.reply.say("stopping the test"),
      (interrupts) => testGear(context, given, interrupts),
    ),
}

interface Tested {
  readonly gear: Gear
  readonly run: TestRun
  readonly updates: ReadonlyMap<string, TestUpdate>
}

async function testGear(context: Context, given: Given, interrupts: Interrupts): Promise<CommandResult> {
  const { judgeAgain, runTests } = await import("../../../compose/proof/run-tests.ts")
  const word = given.words[0] ?? "."
  const folder = testsFolder(word, given)
  const tests = await readTests(folder)
  const gear = await openTested(word, context, interrupts.signal)
  const settings = context.settings()
  const run = await runTests({ gear, tests, providers: given.list("provider") }, settings, {
    signal: interrupts.signal,
    force: interrupts.force,
    onResult: ({ test, provider, passed }) =>
      context.reply.say(`  ${passed ? "passed" : "failed"} ${escapeText(test)} (${provider})`),
  })
  if (!given.has("update")) return tell(context, { gear, run, updates: new Map() })
  const updates = await update(tests, run)
  return tell(context, { gear, run: await judgeAgain(run, await readTests(folder), settings), updates })
}

async function update(tests: readonly ReadTest[], run: TestRun): Promise<ReadonlyMap<string, TestUpdate>> {
  const { updateTest } = await import("../../../author/gear-tests/update-test.ts")
  const updates = new Map<string, TestUpdate>()
  for (const test of tests) {
    const results = run.results.filter((result) => result.test === test.name)
    updates.set(test.name, await updateTest(test, results))
  }
  return updates
}

function tell(context: Context, tested: Tested): CommandResult {
  const { reply, terminal } = context
  const { results, unavailable } = tested.run
  const { paint } = terminal.out
  const rows = results.map(({ test, provider, passed, job }) => [
    escapeText(test),
    provider,
    passed ? paint.green("passed") : paint.red("failed"),
    job?.usage === undefined ? "" : formatDuration(job.usage.wallMs),
    job === undefined ? "" : reply.id(job.id),
  ])
  const columns = [{ title: "TEST" }, { title: "PROVIDER" }, { title: "RESULT" }, { title: "TIME" }, { title: "JOB" }]
  for (const line of textTable(columns, rows)) reply.print(line)
  for (const { test, provider, problems } of results) {
    for (const problem of problems) reply.print(`${escapeText(test)} (${provider}): ${escapeLines(problem)}`)
  }
  for (const { provider, why } of unavailable) reply.say(`${provider} was left out: ${escapeText(why)}`)
  for (const [test, { written, refused }] of tested.updates) {
    if (written.length > 0) reply.say(`${escapeText(test)}: wrote ${written.map(escapeText).join(", ")}`)
    for (const problem of refused) reply.warn(`${escapeText(test)} was not updated: ${escapeText(problem)}`)
  }
  return outcome(context, tested)
}

function outcome({ reply }: Context, tested: Tested): CommandResult {
  const { gear, run, updates } = tested
  const failed = run.results.filter(({ passed }) => !passed)
  const passed = run.results.length - failed.length
  const data: JsonObject = {
    gear: gear.id,
    passed,
    failed: failed.length,
    results: run.results.map(resultData),
    unavailable: run.unavailable.map((entry) => ({ ...entry })),
    updates: [...updates].map(([test, { written, refused }]) => ({ test, written, refused })),
  }
  if (failed.length === 0) {
    reply.say(
      run.results.length === 1 ? "the result is as expected" : `all ${run.results.length} results are as expected`,
    )
    return { data }
  }
  const job = failed.find((result) => result.job !== undefined)?.job
  const fix = job === undefined ? null : `gear show ${job.id}`
  const message = `${failed.length} of ${formatCount(run.results.length, "result")} ${failed.length === 1 ? "is" : "are"} not as expected`
  reply.say(message)
  if (job !== undefined) reply.say(`→ gear show ${reply.id(job.id)}`)
  const error = { code: "DIFFERENT", message, fix, docs: "gear help test", culprit: "gear", retryable: false }
  return { data, exitCode: EXIT_CODES.NO, error }
}

function resultData({ test, provider, passed, problems, job }: TestResult): JsonObject {
  return {
    test,
    provider,
    passed,
    problems,
    job: job?.id ?? null,
    wallMs: job?.usage?.wallMs ?? null,
    outputs: (job?.outputs ?? []).map(({ path, digest }) => ({ path, digest })),
  }
}
