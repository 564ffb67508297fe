import assert from "node:assert/strict"
import { execFileSync, spawn } from "node:child_process"
import { chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { COMPILED } from "../cli/gear-process.ts"

/** Somebody with no rights at all: on every machine, and nobody's own files are his. */
const NOBODY = 65534
/** What Node made of the source for him, who may not write where root keeps it. */
const HIS_COMPILED = `${COMPILED}-nobody`
const AS_NOBODY = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--"]

/** Why root cannot run tests as somebody else here; undefined when it can. */
export function nobodyMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root, to become somebody else; an ordinary user runs these tests directly"
  try {
    const program = "require('fs').readFileSync(process.argv[1])"
    execFileSync("setpriv", [...AS_NOBODY, process.execPath, "-e", program, fileURLToPath(import.meta.url)], {
      stdio: "ignore",
    })
    return undefined
  } catch {
    return "needs node and the checkout in folders that everybody can read"
  }
}

/** Runs the tests of a file as somebody with no rights, in a home folder of their own. Fails unless they pass, and some are run. */
export async function testsAsNobody(file: URL): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "geartrain-nobody-"))
  mkdirSync(HIS_COMPILED, { recursive: true })
  for (const folder of [home, HIS_COMPILED]) chownSync(folder, NOBODY, NOBODY)
  try {
    const { code, printed } = await runTests(fileURLToPath(file), home)
    assert.equal(code, 0, printed)
    assert.match(printed, /^# pass [1-9]/m)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function runTests(
  file: string,
  home: string,
): Promise<{ readonly code: number | null; readonly printed: string }> {
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env
  const command = [...AS_NOBODY, process.execPath, "--test", "--test-reporter=tap", file]
  const child = spawn("setpriv", command, {
    env: { ...env, HOME: home, TMPDIR: home, NODE_COMPILE_CACHE: HIS_COMPILED },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let printed = ""
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text
    })
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve))
  return { code, printed }
}
