import { relative } from "node:path"
import { TOP } from "../top.ts"
import { unexpectedSkips } from "./expected-skips.ts"
import { type Check, type CheckResult, endWithThisProgram, runCheck } from "./run-check.ts"
import type { TestLine } from "./test-reporter.ts"

/** What a gate found. A check that is not a test program counts as one test. */
export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Runs checks, prints a line for each as it ends and the details of those that fail, and adds up.
 *
 * @param checks  Stages, one after the other; the checks of a stage run at once, as many as `atOnce`.
 */
export async function runGate(checks: readonly (readonly Check[])[], atOnce: number): Promise<Totals> {
  endWithThisProgram()
  const results: CheckResult[] = []
  for (const stage of checks) {
    const waiting = [...stage]
    const worker = async (): Promise<void> => {
      for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
        const result = await runCheck(check)
        report(result)
        results.push(result)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }
  const lines = results.flatMap((result) => result.tests)
  listSkips(lines)
  const surprises = unexpectedSkips(lines)
  for (const { name, reason } of surprises) console.log(`FAILED  a skip that is not expected here: ${name} (${reason})`)
  return total(results, surprises.length)
}

function report(result: CheckResult): void {
  const tests = result.tests.length === 0 ? "" : `, ${result.tests.length} tests`
  console.log(`${result.passed ? "ok    " : "FAILED"}  ${result.name} (${result.seconds.toFixed(1)} s${tests})`)
  if (result.passed) return
  const failures = result.tests.filter((line) => line.kind === "failed")
  for (const { file, name, error } of failures) {
    console.log(indent(`${relative(TOP, file)}: ${name}\n${indent(error)}`))
  }
  // What tests print belongs to their failures; without one, it is all there is.
  const output = lastLines(result.output, failures.length > 0 ? 30 : 200)
  if (output !== "") console.log(indent(output))
}

function listSkips(lines: readonly TestLine[]): void {
  const byReason = new Map<string, number>()
  for (const line of lines) {
    if (line.kind === "skipped") byReason.set(line.reason, (byReason.get(line.reason) ?? 0) + 1)
  }
  for (const [reason, count] of byReason) console.log(`skipped ${count}: ${reason === "" ? "no reason given" : reason}`)
}

function total(results: readonly CheckResult[], surprises: number): Totals {
  const lines = results.flatMap((result) => result.tests)
  const count = (kind: TestLine["kind"]): number => lines.filter((line) => line.kind === kind).length
  // A test program can fail without a failed test, as when it starts none.
  const others = results.filter(({ passed, tests }) => tests.every((line) => line.kind !== "failed") && !passed).length
  const checks = results.filter(({ passed, tests }) => passed && tests.length === 0).length
  return {
    passed: count("passed") + checks,
    failed: count("failed") + others + surprises,
    skipped: count("skipped"),
  }
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "    ")
}

function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n")
}
