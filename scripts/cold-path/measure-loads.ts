import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import type { Metafile } from "esbuild"
import { TOP } from "../top.ts"

/** What a command loads before it has done its work. */
export interface Loads {
  /** Modules of Node's that a bare program does not load. */
  readonly builtins: readonly string[]
  /** Source files whose code is in the files that were loaded. */
  readonly modules: readonly string[]
  readonly bytes: number
}

const DIST = join(TOP, "packages/geartrain/dist")

export function readMetafile(): Metafile {
  return JSON.parse(readFileSync(join(DIST, "metafile.json"), "utf8")) as Metafile
}

/** Runs the built program, and answers with what it loaded. */
export function measureLoads(args: readonly string[], metafile: Metafile): Loads {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-loads-"))
  try {
    const bare = join(folder, "bare.mjs")
    writeFileSync(bare, "")
    const ours = run([join(DIST, "main.js"), ...args], folder)
    const nothing = new Set(run([bare], folder).builtins)
    const outputs = ours.files.map((url) => relative(DIST, fileURLToPath(url))).filter((path) => !path.startsWith(".."))
    const described = outputs.map((path) => outputNamed(path, metafile))
    return {
      builtins: ours.builtins.filter((name) => !nothing.has(name)).sort(),
      modules: [...new Set(described.flatMap(({ inputs }) => Object.keys(inputs)))].sort(),
      bytes: described.reduce((sum, { bytes }) => sum + bytes, 0),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(
  args: readonly string[],
  folder: string,
): { readonly files: readonly string[]; readonly builtins: readonly string[] } {
  const list = join(folder, "loads.json")
  const preload = join(TOP, "scripts/cold-path/log-loads.mjs")
  execFileSync(process.execPath, ["--import", preload, ...args], {
    // Node loads other modules to write to a pipe or a terminal.
    stdio: "ignore",
    env: { ...process.env, GEARTRAIN_LOADS: list, GEARTRAIN_HOME: join(folder, "home") },
  })
  return JSON.parse(readFileSync(list, "utf8")) as { files: string[]; builtins: string[] }
}

/** The build is renamed when it is done, so only the end of the paths in its description is right. */
function outputNamed(path: string, metafile: Metafile): Metafile["outputs"][string] {
  const found = Object.entries(metafile.outputs).find(([name]) => name.endsWith(`/${path}`))
  if (found === undefined) throw new Error(`The build does not know ${path}`)
  return found[1]
}
