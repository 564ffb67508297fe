import { mkdtempSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { mkdir } from "./linux/make-folders.ts"

/** Where the machine keeps what is not to last: the folder that `TMPDIR` names, else `/tmp`. */
export function temporaryPlace(): string {
  return tmpdir()
}

/** Makes a folder of our own, mode 0700, where the machine keeps what is not to last. The caller removes it. */
export function makeTemporaryFolder(prefix: string): Promise<string> {
  return mkdtemp(join(tmpdir(), prefix))
}

/** The same at once, for what everything else waits for. */
export function makeFolderAtOnce(prefix: string, parent: string): string {
  return mkdtempSync(join(parent, prefix))
}

/** The same in a folder that the caller has chosen, which is made if it is not there. */
export async function makeFolderIn(parent: string, prefix: string): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 })
  return await mkdtemp(join(parent, prefix))
}
