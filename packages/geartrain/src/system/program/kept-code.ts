import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { Script } from "node:vm"
import { nowMs } from "../clock.ts"
import { randomHex } from "../random.ts"
import { systemCode } from "../system-code.ts"

/** A file of CommonJS that was loaded. */
export interface LoadedFile {
  readonly exports: unknown
  /** Whether code of runs before was there, and V8 took it. */
  readonly isCompiled: boolean
  /** Keeps the code of whatever was called by now, for runs to come; in the first few runs, for after those there is nothing new. */
  keep(): void
}

/** Runs that add to what is kept: somebody may begin with `--help`, and a first run may do what no other does. */
const ROUNDS = 4
const DAY_MS = 24 * 60 * 60 * 1000
/** Programs that were replaced leave their code behind. */
const LONGEST_UNTOUCHED_MS = 30 * DAY_MS

const HEAD = "(function (exports, require, module, __filename, __dirname) {"

/**
 * Loads a file of CommonJS with the code that V8 made of its functions in earlier runs. Node's own cache has what is compiled when a file is
 * loaded, but functions are compiled when they are called first: 760 of them for `gear run`, which took 14 of its 113 ms.
 *
 * What is kept is V8's data and the number of runs in the last byte. V8 itself refuses what was made by another version, with other flags, from a
 * source of another length, or was cut; it does not look through all the rest, so that has to be durable before it has its name.
 *
 * @param kept  Where the code is kept, a name of this very source: a folder that nobody else may write to, for it is run as it is. Absent: nowhere.
 */
export function loadWithCode(file: string, kept?: string): LoadedFile {
  const before = kept === undefined ? undefined : readKept(kept)
  const script = new Script(`${HEAD}${readFileSync(file, "utf8")}\n})`, { filename: file, cachedData: before?.code })
  const isCompiled = before !== undefined && script.cachedDataRejected === false
  const rounds = isCompiled ? before.rounds : 0
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file))
  return {
    exports: module.exports,
    isCompiled,
    keep: () => {
      if (kept === undefined || rounds >= ROUNDS) return
      if (rounds === 0) forgetOld(dirname(kept))
      const code = script.createCachedData()
      // In a run of hours V8 forgets again what was called at its beginning only.
      const isLess = isCompiled && code.length < before.code.length
      writeKept(kept, [isLess ? before.code : code, Uint8Array.of(rounds + 1)])
    },
  }
}

function readKept(path: string): { readonly code: Buffer; readonly rounds: number } | undefined {
  const bytes = unlessRefused(() => readFileSync(path))
  return bytes === undefined ? undefined : { code: bytes.subarray(0, -1), rounds: bytes.at(-1) ?? 0 }
}

function writeKept(path: string, parts: readonly Uint8Array[]): void {
  const draft = `${path}.${randomHex(6)}.tmp`
  const isKept = unlessRefused(() => {
    const file = openSync(draft, "wx", 0o600)
    try {
      for (const part of parts) writeAll(file, part)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(draft, path)
    return true
  })
  if (isKept !== true) unlessRefused(() => unlinkSync(draft))
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
}

function forgetOld(folder: string): void {
  for (const name of unlessRefused(() => readdirSync(folder)) ?? []) {
    unlessRefused(() => {
      const path = join(folder, name)
      if (statSync(path).mtimeMs < nowMs() - LONGEST_UNTOUCHED_MS) unlinkSync(path)
    })
  }
}

/** Who has no such folder, or a full disk, goes without. */
function unlessRefused<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch (error) {
    if (systemCode(error)?.startsWith("ERR_") !== false) throw error
    return undefined
  }
}
