import { readFile, rm } from "../../system/files.ts"
import { findProgram } from "../../system/linux/find-program.ts"
import { runProcess } from "../../system/process.ts"
import { makeTemporaryFolder } from "../../system/temporary-folder.ts"
import { RECORD, straceWords } from "./commands.ts"
import { parseLine } from "./record/parse-line.ts"

/** Whether a tracer works on this machine, or what was refused and what mends it. */
export type TriedTracer =
  | { readonly works: true; readonly version: string }
  | { readonly works: false; readonly refused: string; readonly mend: string }

const PATIENCE_MS = 10_000

/** Finds out whether strace works here, by watching `true`: no setting tells what a machine or the container around it forbids. */
export async function tryStrace(options: { readonly program?: string } = {}): Promise<TriedTracer> {
  const program = findProgram(options.program ?? "strace")
  if (program === undefined) {
    return { works: false, refused: "strace is not installed", mend: "apt-get install strace" }
  }
  const folder = await makeTemporaryFolder("geartrain-strace-")
  try {
    const command = [...straceWords(program, `${folder}/${RECORD}`), "true"]
    const { exitCode, stderr } = await runProcess(command, { timeoutMs: PATIENCE_MS })
    const lines = (await readFile(`${folder}/${RECORD}`, "latin1").catch(() => "")).trimEnd().split("\n")
    const isWhole = parseLine(lines[0] ?? "")?.kind === "call" && parseLine(lines.at(-1) ?? "")?.kind === "ended"
    if (exitCode !== 0 || !isWhole) return refusal(stderr.trim().split("\n").at(-1) ?? "")
    return { works: true, version: await versionOf(program) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function refusal(words: string): TriedTracer {
  const refused = words === "" ? "strace wrote no record of what it watched" : words
  const mend = refused.includes("invalid")
    ? "Install strace 5.18 or later"
    : "Allow ptrace: sysctl kernel.yama.ptrace_scope=1; in a container, --cap-add SYS_PTRACE"
  return { works: false, refused, mend }
}

/** @see strace(1): `strace -- version 6.1` */
async function versionOf(program: string): Promise<string> {
  const { stdout } = await runProcess([program, "--version"], { timeoutMs: PATIENCE_MS })
  return /version (\S+)/.exec(stdout.toString("utf8"))?.[1] ?? "of unknown version"
}
