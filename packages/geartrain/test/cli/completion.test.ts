import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { COMPLETION_SCRIPTS } from "../../src/cli/help/completion-scripts.ts"
import { gear, MAIN, replyOf } from "./gear-process.ts"

const folder = mkdtempSync(join(tmpdir(), "gear-completion-"))
after(() => rmSync(folder, { recursive: true, force: true }))
// The scripts call `gear`, whatever that is on PATH.
writeFileSync(join(folder, "gear"), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`)
chmodSync(join(folder, "gear"), 0o755)
const env = { PATH: `${folder}:${process.env["PATH"]}`, HOME: folder, GEARTRAIN_HOME: join(folder, "home") }

async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const result = await gear(["__complete", "--", ...words], { env })
  assert.equal(result.code, 0)
  assert.equal(result.err, "")
  return result.out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t")[0] ?? "")
}

function hasShell(shell: string): boolean {
  return spawnSync(shell, ["-c", "exit 0"]).error === undefined
}

test("commands are offered, by what was typed of them, and their second words", async () => {
  assert.deepEqual(await offered("ex"), ["explain", "export"])
  assert.deepEqual(await offered("store", ""), ["fsck", "gc", "du"])
  assert.ok((await offered("")).includes("run"))
  assert.deepEqual(await offered("help", "exit"), ["exit-codes"])
})

test("flags are offered after a dash, those of every command too", async () => {
  assert.deepEqual(await offered("jobs", "--st"), ["--state"])
  assert.deepEqual(await offered("jobs", "--js"), ["--json"])
  assert.deepEqual(await offered("--no-c"), ["--no-color"])
})

test("values of flags are offered, attached or apart", async () => {
  assert.deepEqual(await offered("jobs", "--state", "f"), ["failed"])
  assert.deepEqual(await offered("jobs", "--state=f"), ["--state=failed"])
  assert.deepEqual(await offered("run", "g", "--network", ""), ["none", "outbound"])
  assert.deepEqual(await offered("completion", "z"), ["zsh"])
})

test("paths are left to the shell, with what stands before them", async () => {
  const result = await gear(["__complete", "--", "run", "g", "--input", "reads=data/x"], { env })
  assert.equal(result.out, ":file\treads=\n")
  assert.deepEqual(await offered("import", ""), [":file"])
  assert.deepEqual(await offered("run", "./ge"), [":file"])
  assert.deepEqual(await offered("run", "g", "-o", ""), [":folder"])
})

test("without a store there is nothing to offer, and no complaint", async () => {
  assert.deepEqual(await offered("run", "x"), [])
  assert.deepEqual(await offered("show", ""), [])
  assert.deepEqual(await offered("nosuch", ""), [])
})

test("a shell without a script is refused", async () => {
  const result = await gear(["completion", "bsh", "--json"])
  assert.equal(result.code, 2)
  assert.equal((replyOf(result)["error"] as { fix: string }).fix, "Did you mean: gear completion bash")
})

test("bash completes with the script", { skip: hasShell("bash") ? false : "needs bash" }, () => {
  const complete = (...words: readonly string[]): string => {
    const script = `${COMPLETION_SCRIPTS["bash"]}
      compopt() { :; }
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _gear; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync("bash", ["-c", script], { env, encoding: "utf8", cwd: folder }).trim()
  }
  assert.equal(complete("gear", "store", "f"), "fsck")
  assert.equal(complete("gear", "run", "g", "--input", "reads=ge"), "reads=gear")
  assert.equal(complete("gear", "jobs", "--state", "ca"), "cancelled")
})

test("zsh accepts the script", { skip: hasShell("zsh") ? false : "needs zsh" }, () => {
  execFileSync("zsh", ["-n", "-c", COMPLETION_SCRIPTS["zsh"] ?? ""])
})

test("fish completes with the script", { skip: hasShell("fish") ? false : "needs fish" }, () => {
  const script = `${COMPLETION_SCRIPTS["fish"]}\ncomplete -C 'gear store f'`
  assert.match(execFileSync("fish", ["-c", script], { env, encoding: "utf8" }), /^fsck/)
})
