import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import type { LintFinding } from "@geartrain/spec"
import { mendableScripts, mendScripts } from "./mend-scripts.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-scripts-"))
after(() => rmSync(folder, { recursive: true, force: true }))

function script(bytes: Buffer | string, mode: number): string {
  const path = join(folder, "run")
  writeFileSync(path, bytes)
  chmodSync(path, mode)
  return path
}

function finding(rule: string, file: string): LintFinding {
  return { rule, severity: "error", place: { file }, message: "", fix: "" }
}

const modeOf = (path: string): number => statSync(path).mode & 0o7777

test("only what a script can be mended of without asking is taken", () => {
  const rules = ["command/crlf", "command/not-found", "command/not-executable", "image/root-outputs"]
  const taken = mendableScripts(rules.map((rule) => finding(rule, "run")))
  assert.deepEqual(
    taken.map(({ rule }) => rule),
    ["command/crlf", "command/not-executable"],
  )
})

test("line ends of Windows and a byte-order mark go, and every other byte and the mode stay", async () => {
  const path = script(Buffer.from("\xef\xbb\xbf#!/bin/sh\r\necho '\xff\xfe'\r\nprintf 'a\rb'\n", "latin1"), 0o750)
  await mendScripts([finding("command/crlf", path)])
  assert.equal(readFileSync(path, "latin1"), "#!/bin/sh\necho '\xff\xfe'\nprintf 'a\rb'\n")
  assert.equal(modeOf(path), 0o750)
})

test("whoever may read a script may execute it afterwards, and nobody else", async () => {
  for (const [before, now] of [
    [0o644, 0o755],
    [0o600, 0o700],
    [0o640, 0o750],
    [0o200, 0o300],
  ] as const) {
    const path = script("#!/bin/sh\n", before)
    await mendScripts([finding("command/not-executable", path)])
    assert.equal(modeOf(path), now, before.toString(8))
  }
})
