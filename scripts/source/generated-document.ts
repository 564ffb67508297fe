import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { TOP } from "../top.ts"

/**
 * Holds a document against what it is made from. With `--write` on the command line, brings it up to date first.
 *
 * @returns its fault, if it has one.
 */
export function generatedDocument(path: string, text: string, script: string): readonly string[] {
  const file = join(TOP, path)
  if (process.argv.includes("--write")) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const isFresh = existsSync(file) && readFileSync(file, "utf8") === text
  return isFresh ? [] : [`${path} is not up to date; run: node scripts/${script} --write`]
}
