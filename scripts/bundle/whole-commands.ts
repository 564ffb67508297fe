import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { type BuildOptions, build, type Plugin } from "esbuild"

/**
 * Commands that run gears need nearly all of the program. Each is a program of its own, in one file, in CommonJS, which Node reads with less ado than
 * ES modules: `gear run` of a no-op takes 126 ms where it took 133 with a dozen chunks before (the least of 25, in turns). And the code of one file
 * can be kept from run to run; see `system/program/kept-code.ts`.
 */
const WHOLE = ["run", "verify", "replay"] as const

/**
 * What few runs need of them, by its place in the sources: gears that are built or taken in first, and jobs of an archive. It is nearly half of all,
 * and what is not used is read and looked through at every start all the same. So it goes with the ordinary program, in chunks.
 */
const SELDOM: readonly string[] = [
  "cli/archive/metadata-report.ts",
  "cli/archive/use-hierarchy.ts",
  "compose/gears/build-gear.ts",
  "compose/images/open-image.ts",
  "engine/gears/import-gear.ts",
  "stores/filesystem/roots/check-root.ts",
  "stores/filesystem/roots/listed-entries.ts",
  "stores/filesystem/roots/piped-process.ts",
  "stores/filesystem/roots/read-tree.ts",
  "stores/filesystem/roots/write-listing.ts",
  "stores/filesystem/roots/write-squashfs.ts",
  "stores/filesystem/roots/write-tree.ts",
]

/**
 * Entry points of the ordinary program for these.
 *
 * @param src  The folder of the sources.
 */
export function seldomEntries(src: string): Readonly<Record<string, string>> {
  return Object.fromEntries(SELDOM.map((source) => [seldomName(source), join(src, source)]))
}

function seldomName(source: string): string {
  return `seldom/${basename(source, ".ts")}`
}

/**
 * Has the ordinary program start these commands from their own file.
 *
 * @param folder  Where the files are: the code that is kept of each has a name of its content.
 */
export function startWhole(folder: string): Plugin {
  const names = Object.fromEntries(WHOLE.map((word) => [word, `${word}-${digestOf(join(folder, `${word}.cjs`))}.code`]))
  return {
    name: "start-whole",
    setup: ({ onLoad, onResolve }) => {
      onLoad({ filter: /\/cli\/load-program\.ts$/ }, ({ path }) => ({
        contents: loader(names),
        resolveDir: dirname(path),
      }))
      // Where they are meant by another word.
      onResolve({ filter: COMMAND }, ({ path, kind }) =>
        kind === "dynamic-import" && isWhole(path)
          ? { path: `../commands/${basename(path, ".ts")}.cjs`, external: true }
          : null,
      )
    },
  }
}

/** @param names  Of the code that is kept, by the word of the command. */
function loader(names: Readonly<Record<string, string>>): string {
  return `
    import { loadWithCode } from "../system/program/kept-code.ts"
    const { join } = process.getBuiltinModule("node:path")
    const NAMES = ${JSON.stringify(names)}
    export async function loadProgram(codeFolder) {
      const word = process.argv[2]
      if (!Object.hasOwn(NAMES, word)) return import("./program.ts")
      const kept = codeFolder === undefined ? undefined : join(codeFolder, NAMES[word])
      const { exports, keep } = loadWithCode(join(import.meta.dirname, "commands", word + ".cjs"), kept)
      return { ...exports, keepCode: keep }
    }`
}

function digestOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 32)
}

/**
 * @param folder  Where the files go.
 * @param cli  The room of the command line, with `program.ts` and `commands/`.
 * @returns the sources that went into them.
 */
export async function bundleWhole(
  folder: string,
  cli: string,
  options: Pick<BuildOptions, "absWorkingDir"> & { readonly plugins: readonly Plugin[] },
): Promise<readonly string[]> {
  const bundled = WHOLE.map(async (name) => {
    const { metafile } = await build({
      ...options,
      stdin: { contents: entry(name), resolveDir: cli },
      outfile: join(folder, `${name}.cjs`),
      bundle: true,
      format: "cjs",
      platform: "node",
      target: "node24",
      // Half the bytes to read at every start. Names stay, so that errors can be told.
      minifyWhitespace: true,
      // What runs from code that was kept has no loader of modules: such an `import()` is a `require` then.
      supported: { "dynamic-import": false },
      legalComments: "none",
      logLevel: "error",
      metafile: true,
      plugins: [withoutOthers(name), seldomLoaded, ...options.plugins],
    })
    return Object.keys(metafile.inputs)
  })
  return (await Promise.all(bundled)).flat()
}

/** The command itself is exported for those who call it by another word. */
function entry(name: string): string {
  return `export { endWithCrash, runProgram } from "./program.ts"\nexport * from "./commands/jobs/${name}.ts"`
}

const seldomLoaded: Plugin = {
  name: "seldom-loaded",
  setup: ({ onResolve }) => {
    onResolve({ filter: /\.ts$/ }, ({ path, kind, resolveDir }) => {
      const source = SELDOM.find((one) => join(resolveDir, path).endsWith(`/src/${one}`))
      return source === undefined || kind !== "dynamic-import"
        ? null
        : { path: `../${seldomName(source)}.js`, external: true }
    })
  },
}

/** The other commands are never called here. */
function withoutOthers(name: string): Plugin {
  return {
    name: "without-others",
    setup: ({ onLoad, onResolve }) => {
      onResolve({ filter: COMMAND }, ({ path, kind }) =>
        kind === "dynamic-import" && basename(path, ".ts") !== name ? { path, namespace: "another" } : null,
      )
      onLoad({ filter: /.*/, namespace: "another" }, ({ path }) => ({
        contents: `throw new TypeError("${path} is not in the file of gear ${name}")`,
      }))
    },
  }
}

const COMMAND = /\/commands\/[^/]+\/[^/]+\.ts$/

function isWhole(path: string): boolean {
  return WHOLE.some((name) => path.endsWith(`/commands/jobs/${name}.ts`))
}
