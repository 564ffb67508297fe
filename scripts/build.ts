/**
 * Bundles the command line into packages/geartrain/dist: a small entry, and a chunk for each command, loaded on use.
 *
 *   node scripts/build.ts [--if-stale]
 *
 * As files, 400 modules cost 87 ms at every start; as one bundle nothing that can be measured.
 */
import { createHash } from "node:crypto"
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { build, type Plugin, version } from "esbuild"
import { directImports, doorsOf } from "./source/direct-imports.ts"
import { requiredBuiltins } from "./source/required-builtins.ts"
import { TOP } from "./top.ts"

const PACKAGE = join(TOP, "packages/geartrain")
const DIST = join(PACKAGE, "dist")
const SDK = join(TOP, "packages/sdk")

const DOORS = doorsOf(join(TOP, "packages/spec"))
const DIRECT_IMPORTS: Plugin = {
  name: "direct-imports",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: directImports(readFileSync(path, "utf8"), DOORS),
      loader: "ts",
    })),
}

/**
 * Commands that run gears need nearly all of the program. As one file each, and not as a hundred chunks, `gear run` of a no-op takes 140 ms where
 * it took 159 (medians of 15, in turns).
 */
const WHOLE = ["run", "verify", "replay"] as const
const WHOLE_COMMANDS: Plugin = {
  name: "whole-commands",
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`/commands/jobs/(${WHOLE.join("|")})\\.ts$`) }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path: `../commands/${basename(path, ".ts")}.js`, external: true } : null,
    ),
}

const sources = sourcesDigest()
if (!process.argv.includes("--if-stale") || builtFrom() !== sources) {
  const startedMs = performance.now()
  const done = await bundle()
  if (done) console.log(`build ... done in ${Math.round(performance.now() - startedMs)} ms`)
}

/**
 * Builds beside the old one and changes over at the end, so that a `gear` that starts meanwhile finds one of the two.
 *
 * @returns whether it could be built; esbuild has said why not.
 */
async function bundle(): Promise<boolean> {
  const fresh = `${DIST}.${process.pid}.tmp`
  const old = `${DIST}.${process.pid}.old`
  try {
    const { metafile } = await build({
      entryPoints: { main: join(PACKAGE, "src/cli/main.ts") },
      outdir: fresh,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node24",
      chunkNames: "chunks/[name]-[hash]",
      legalComments: "none",
      logLevel: "error",
      metafile: true,
      absWorkingDir: TOP,
      plugins: [DIRECT_IMPORTS, requiredBuiltins, WHOLE_COMMANDS],
    })
    const whole = await bundleWhole(join(fresh, "commands"))
    await bundleGearCode()
    writeFileSync(join(fresh, "metafile.json"), JSON.stringify(metafile))
    writeFileSync(join(fresh, "LICENSES"), licencesOf([...Object.keys(metafile.inputs), ...whole]))
    writeFileSync(join(fresh, "sources.sha256"), sources)
    try {
      renameSync(DIST, old)
    } catch (error) {
      // Nothing built yet.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
    }
    renameSync(fresh, DIST)
    return true
  } catch (error) {
    if (!(error instanceof Error && "errors" in error)) throw error
    process.exitCode = 1
    return false
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns the files that went into them. */
async function bundleWhole(folder: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: WHOLE.map((name) => join(PACKAGE, `src/cli/commands/jobs/${name}.ts`)),
    outdir: folder,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // Half the bytes to read at every start. Names stay, so that errors can be told.
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "error",
    metafile: true,
    absWorkingDir: TOP,
    plugins: [DIRECT_IMPORTS, requiredBuiltins],
  })
  return Object.keys(metafile.inputs)
}

/** The licences of the packages in the bundle, which they ask to go with them. */
function licencesOf(inputs: readonly string[]): string {
  const packages = inputs.flatMap((path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  return [...new Set(packages)]
    .sort()
    .map((name) => `${name}\n\n${readFileSync(join(TOP, "node_modules", name, "LICENSE"), "utf8")}`)
    .join("\n")
}

/** What a gear's own code uses, as one file that a gear can have beside its program: it runs where nothing can be installed. */
async function bundleGearCode(): Promise<void> {
  await build({
    entryPoints: { gear: join(SDK, "src/gear/index.ts") },
    outdir: join(SDK, "dist"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    legalComments: "none",
    logLevel: "error",
    absWorkingDir: TOP,
  })
}

/** Digest of everything that the bundle is made of, but for npm packages, whose versions stand in package-lock.json. */
function sourcesDigest(): string {
  const hash = createHash("sha256").update(version)
  const files = globSync("packages/*/src/**/*.{ts,json}", { cwd: TOP }).filter((file) => !file.endsWith(".test.ts"))
  for (const file of [
    ...files.sort(),
    "package-lock.json",
    "packages/spec/package.json",
    "scripts/build.ts",
    "scripts/source/direct-imports.ts",
    "scripts/source/required-builtins.ts",
  ]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(TOP, file)))
  }
  return hash.digest("hex")
}

function builtFrom(): string | undefined {
  try {
    return readFileSync(join(DIST, "sources.sha256"), "utf8")
  } catch {
    // Not built, or by hand: it is built again.
    return undefined
  }
}
