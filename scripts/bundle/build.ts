/**
 * Bundles the command line into packages/geartrain/dist: a small entry, and a chunk for each command, loaded on use.
 *
 *   node scripts/bundle/build.ts [--if-stale]
 *
 * As files, 400 modules cost 87 ms at every start; as one bundle nothing that can be measured.
 */
import { createHash } from "node:crypto"
import { globSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build, version } from "esbuild"
import { TOP } from "../top.ts"
import { bundlePlugins } from "./bundle-plugins.ts"
import { optionalPackages } from "./optional-packages.ts"
import { requiredBuiltins } from "./required-builtins.ts"
import { sources } from "./sources.ts"
import { bundleWhole, seldomEntries, startWhole } from "./whole-commands.ts"

const PACKAGE = join(TOP, "packages/geartrain")
const DIST = join(PACKAGE, "dist")
const SDK = join(TOP, "packages/sdk")
const PLUGINS = [sources, requiredBuiltins, optionalPackages]

const digest = sourcesDigest()
if (!process.argv.includes("--if-stale") || builtFrom() !== digest) {
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
    const whole = await bundleWhole(join(fresh, "commands"), join(PACKAGE, "src/cli"), {
      absWorkingDir: TOP,
      plugins: PLUGINS,
    })
    const { metafile } = await build({
      entryPoints: { main: join(PACKAGE, "src/cli/main.ts"), ...seldomEntries(join(PACKAGE, "src")) },
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
      plugins: [startWhole(join(fresh, "commands")), ...PLUGINS],
    })
    await bundleGearCode()
    await bundlePlugins({ absWorkingDir: TOP, plugins: PLUGINS })
    writeFileSync(join(fresh, "metafile.json"), JSON.stringify(metafile))
    writeFileSync(join(fresh, "LICENSES"), licencesOf([...Object.keys(metafile.inputs), ...whole]))
    writeFileSync(join(fresh, "sources.sha256"), digest)
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

/** The licences of the packages in the bundle, which they ask to go with them. */
function licencesOf(inputs: readonly string[]): string {
  const packages = inputs.flatMap((path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  return [...new Set(packages)]
    .sort()
    .map((name) => `${name}\n\n${licenceOf(join(TOP, "node_modules", name))}`)
    .join("\n")
}

/** Some packages name only the licence, in package.json. */
function licenceOf(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name))
  if (file !== undefined) return readFileSync(join(folder, file), "utf8")
  const { license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const holder = typeof author === "object" ? author?.name : author
  return `${license}${holder === undefined ? "" : `, Copyright ${holder}`}\n`
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
  const files = globSync("{packages,plugins}/*/src/**/*.{ts,json}", { cwd: TOP }).filter(
    (file) => !file.endsWith(".test.ts"),
  )
  for (const file of [
    ...files.sort(),
    "package-lock.json",
    "packages/spec/package.json",
    ...globSync("scripts/bundle/*.ts", { cwd: TOP }).sort(),
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
