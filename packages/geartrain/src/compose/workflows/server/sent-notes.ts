import type { Digest } from "@geartrain/spec"
import { readFile, writeFile } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"

/** A file of a server's that a run has sent. */
export interface SentNote {
  readonly digest: Digest
  readonly file: string
}

/** Notes that a run has sent a file: one line of `<home>/runs/<run>/sent.jsonl` each, so that later runs need not send it again. */
export async function noteSent(run: string, { digest, file }: SentNote): Promise<void> {
  await writeFile(`${run}/sent.jsonl`, `${JSON.stringify({ digest, file })}\n`, { flag: "a", mode: 0o600 })
}

/** What a run has sent. A line that is none, such as one that a kill has cut off, is passed over: its file is sent again. */
export async function readSent(run: string): Promise<readonly SentNote[]> {
  let text: string
  try {
    text = await readFile(`${run}/sent.jsonl`, "utf8")
  } catch (error) {
    if (systemCode(error) === "ENOENT") return []
    throw error
  }
  return text.split("\n").flatMap((line) => {
    const [, digest, file] = LINE.exec(line) ?? []
    return digest === undefined || file === undefined ? [] : [{ digest: digest as Digest, file }]
  })
}

const LINE = /^\{"digest":"(sha256:[0-9a-f]{64})","file":"([0-9a-f]{24})"\}$/
