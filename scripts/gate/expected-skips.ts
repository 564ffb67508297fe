import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { TOP } from "../top.ts"
import type { TestLine } from "./test-reporter.ts"

export interface ExpectedSkip {
  /** Name of the test, whole. */
  readonly test: string
  /** Why it is skipped on this kind of machine, for people. */
  readonly because: string
}

/**
 * The tests that were skipped though a machine of this kind can run them: everything the tests need can be installed there.
 * On other kinds of machine a skip is never a surprise.
 */
export function unexpectedSkips(
  lines: readonly TestLine[],
): readonly { readonly name: string; readonly reason: string }[] {
  const expected = expectedSkips()
  if (expected === undefined) return []
  const names = new Set(expected.map(({ test }) => test))
  return lines.filter((line) => line.kind === "skipped").filter(({ name }) => !names.has(name))
}

function expectedSkips(): readonly ExpectedSkip[] | undefined {
  const kind = kindOfMachine()
  const byKind = JSON.parse(readFileSync(join(TOP, "scripts/expected-skips.json"), "utf8")) as Record<
    string,
    ExpectedSkip[]
  >
  return kind === undefined ? undefined : byKind[kind]
}

function kindOfMachine(): "root on Debian" | undefined {
  const isDebian = existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get")
  return isDebian && process.getuid?.() === 0 ? "root on Debian" : undefined
}
