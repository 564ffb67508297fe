import { createHash } from "node:crypto"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

/**
 * What a root filesystem is made of, as `recipe.json` in the folder of an example says it. Beside it lie the gear's own files,
 * `manifest.json` and `run`.
 */
export interface Recipe {
  /** Release of Debian. */
  readonly suite: string
  /** Seconds since 1970: no file is younger, so that two builds are the same bytes. */
  readonly epoch: number
  /** Debian packages, besides the essential ones. */
  readonly packages: readonly string[]
  /** Patterns of paths, from the root and without a slash before, that are removed when all is installed: what packages bring and the gear never reads. */
  readonly remove: readonly string[]
  /** The Debian package that holds real data for the gear, and the path in it for each input. */
  readonly data: { readonly package: string; readonly files: Readonly<Record<string, string>> }
}

/** A recipe and where it lies. */
export interface Example {
  readonly name: string
  readonly folder: string
  readonly recipe: Recipe
  /** Names everything that a build of it depends on. */
  readonly digest: string
}

/** Patterns left out of every root filesystem: nothing runs them. Licences of packages are kept. */
const NEVER_NEEDED = [
  "/usr/share/doc/*",
  "/usr/share/info/*",
  "/usr/share/man/*",
  "/usr/share/locale/*",
  "/usr/share/lintian/*",
]
const ALWAYS_KEPT = ["/usr/share/doc/*/copyright"]

/** Nothing reads these afterwards. */
const WRITTEN_BY_INSTALLING = ["var/cache/debconf", "var/cache/ldconfig/aux-cache", "var/log/*"]

/** mmdebstrap copies these from the machine it runs on. Whoever runs the gear gives it its own. */
const TAKEN_FROM_THE_MACHINE = ["etc/hostname", "etc/resolv.conf"]

export function readExample(top: string, name: string): Example {
  const folder = join(top, "examples", name)
  const recipe = JSON.parse(readFileSync(join(folder, "recipe.json"), "utf8")) as Recipe
  const hash = createHash("sha256").update(JSON.stringify(mmdebstrapArguments(recipe, "", "")))
  for (const file of globSync("*", { cwd: folder }).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)))
  }
  return { name, folder, recipe, digest: hash.digest("hex").slice(0, 16) }
}

/**
 * Arguments for mmdebstrap that build a recipe into a tar. With `buildEnvironment` and the same packages it is bit for bit the same
 * wherever and whenever it is built.
 *
 * @param files  Folder that holds manifest.json and run.
 */
export function mmdebstrapArguments(recipe: Recipe, files: string, target: string): readonly string[] {
  return [
    "--quiet",
    "--variant=essential",
    "--format=tar",
    ...NEVER_NEEDED.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    ...ALWAYS_KEPT.map((pattern) => `--dpkgopt=path-include=${pattern}`),
    `--include=${recipe.packages.join(",")}`,
    "--customize-hook=mkdir -p $1/flywheel/v0",
    // Uploaded, and not copied: the hook may run as a user who cannot read this folder.
    `--customize-hook=upload ${files}/manifest.json /flywheel/v0/manifest.json`,
    `--customize-hook=upload ${files}/run /flywheel/v0/run`,
    "--customize-hook=chmod 0644 $1/flywheel/v0/manifest.json; chmod 0755 $1/flywheel/v0 $1/flywheel/v0/run",
    `--customize-hook=rm -rf ${[...WRITTEN_BY_INSTALLING, ...TAKEN_FROM_THE_MACHINE, ...recipe.remove].map((pattern) => `$1/${pattern}`).join(" ")}`,
    recipe.suite,
    target,
  ]
}

/** Programs that run while packages are configured read these and no more: Python writes other files when its variables are set. */
export function buildEnvironment(recipe: Recipe): Readonly<Record<string, string>> {
  return {
    SOURCE_DATE_EPOCH: String(recipe.epoch),
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
    HOME: "/root",
  }
}
