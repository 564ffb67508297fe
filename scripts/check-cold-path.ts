/**
 * Holds what the commands that have to be quick load at start: modules and bytes, which are exact where milliseconds are not.
 *
 *   node scripts/check-cold-path.ts [--write]     --write takes what is loaded now as the list
 */
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Loads, measureLoads, readMetafile } from "./cold-path/measure-loads.ts"
import { complain } from "./source/complain.ts"
import { TOP } from "./top.ts"

const LIST = join(TOP, "scripts/cold-path.json")
const COMMANDS = ["--help", "version", "jobs"]
/** A fix of a few lines needs no new list. */
const BYTES_TOLERATED = 1.05

execFileSync(process.execPath, [join(TOP, "scripts/bundle/build.ts"), "--if-stale"], {
  stdio: ["ignore", "ignore", "inherit"],
})
const metafile = readMetafile()
const found = Object.fromEntries(COMMANDS.map((command) => [`gear ${command}`, measureLoads([command], metafile)]))
if (process.argv.includes("--write")) writeFileSync(LIST, `${JSON.stringify(found, undefined, 2)}\n`)

const allowed = JSON.parse(readFileSync(LIST, "utf8")) as Record<string, Loads>
const faults = Object.entries(found).flatMap(([command, loads]) => faultsOf(command, loads, allowed[command]))
complain(
  faults.length === 0 ? [] : [...faults, "If that is meant: node scripts/check-cold-path.ts --write"],
  Object.entries(found)
    .map(([command, { modules, bytes }]) => `${command}: ${modules.length} modules, ${Math.round(bytes / 1024)} KiB`)
    .join("; "),
)

function faultsOf(command: string, loads: Loads, limit: Loads | undefined): readonly string[] {
  if (limit === undefined) return [`${command} is not in the list`]
  const bytes =
    loads.bytes > limit.bytes * BYTES_TOLERATED ? [`${command} loads ${loads.bytes} bytes, not ${limit.bytes}`] : []
  return [
    ...newcomers(loads.modules, limit.modules).map(
      (name) => `${command} loads ${name}${importersOf(name, loads.modules)}`,
    ),
    ...newcomers(loads.builtins, limit.builtins).map(
      (name) => `${command} loads node:${name}${importersOf(name, loads.modules)}`,
    ),
    ...bytes,
  ]
}

function newcomers(found: readonly string[], known: readonly string[]): readonly string[] {
  return found.filter((name) => !known.includes(name))
}

/** Who asks for it, among what the command loads. */
function importersOf(name: string, among: readonly string[]): string {
  const importers = among.filter((path) =>
    metafile.inputs[path]?.imports.some(
      (entry) => [name, `node:${name}`].includes(entry.path) && entry.kind !== "dynamic-import",
    ),
  )
  return importers.length === 0 ? "" : `, which is imported by ${importers.join(", ")}`
}
