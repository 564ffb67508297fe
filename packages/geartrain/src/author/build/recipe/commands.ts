import type { DebianSuite, Recipe } from "@geartrain/spec"

/** Where the parts of a build lie: here, or in the container that it is done in. */
export interface RecipePlaces {
  /** The tar with the gear's own files. */
  readonly files: string
  /** The tar that is made. */
  readonly target: string
}

/**
 * Arguments for mmdebstrap that build a recipe into a tar. With `recipeEnvironment` and the same packages it is bit for bit the same wherever and
 * whenever it is built.
 *
 * No word of a recipe reaches a shell but the patterns of `remove`, whose characters the schema names one by one; and that shell runs in the root
 * filesystem that is built, where a link cannot lead out.
 *
 * @see mmdebstrap(1)
 */
export function mmdebstrapCommand(recipe: Recipe, places: RecipePlaces): readonly string[] {
  const packages = recipe.packages ?? []
  const removed = [...WRITTEN_BY_INSTALLING, ...TAKEN_FROM_THE_MACHINE, ...(recipe.remove ?? [])]
  return [
    "mmdebstrap",
    "--variant=essential",
    "--format=tar",
    ...NEVER_NEEDED.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    ...ALWAYS_KEPT.map((pattern) => `--dpkgopt=path-include=${pattern}`),
    ...(packages.length === 0 ? [] : [`--include=${packages.join(",")}`]),
    `--customize-hook=tar-in ${places.files} /`,
    `--customize-hook=chroot "$1" sh -c 'cd / && rm -rf -- ${removed.join(" ")}'`,
    recipe.suite,
    places.target,
    ...mirrorsOf(recipe),
  ]
}

/** Programs that run while packages are configured read these and no more: Python writes other files when its variables are set. */
export function recipeEnvironment(epoch: number): Readonly<Record<string, string>> {
  return {
    SOURCE_DATE_EPOCH: String(epoch),
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
    HOME: "/root",
  }
}

/**
 * The tar with the gear's own files: their bytes and whether they can be executed, and nothing of the machine that they come from. Folders are not in
 * it, since a folder would replace a link of the same name, as /bin is one.
 *
 * @param list  File with their paths, a NUL after each: there can be more of them than a command line holds.
 */
export function packFilesCommand(target: string, epoch: number, list: string): readonly string[] {
  return [
    "tar",
    "--create",
    "--format=gnu",
    `--file=${target}`,
    `--mtime=@${epoch}`,
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--no-recursion",
    "--null",
    "--verbatim-files-from",
    `--files-from=${list}`,
  ]
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

/** mmdebstrap copies these from the machine it runs on, or writes the mirror into them. Whoever runs the gear gives it its own. */
const TAKEN_FROM_THE_MACHINE = ["etc/hostname", "etc/resolv.conf", "etc/apt/sources.list", "etc/apt/sources.list.d/*"]

/**
 * Lines of sources.list. Without any, mmdebstrap takes Debian's own servers, with the updates and security fixes of a stable release.
 *
 * A mirror in a folder of this machine needs no signature: whoever can write there can write the gear, too.
 */
function mirrorsOf({ mirror, snapshot, suite }: Recipe): readonly string[] {
  if (snapshot !== undefined) {
    const moment = `${new Date(snapshot).toISOString().replaceAll(/[-:]|\.\d+/g, "")}`
    const line = (archive: string, release: string): string =>
      `deb [check-valid-until=no] https://snapshot.debian.org/archive/${archive}/${moment} ${release} main`
    const updates = HAS_UPDATES.includes(suite)
      ? [line("debian", `${suite}-updates`), line("debian-security", securitySuite(suite))]
      : []
    return [line("debian", suite), ...updates]
  }
  if (mirror === undefined) return []
  return [/^(file|copy):/.test(mirror) ? `deb [trusted=yes] ${mirror} ${suite} main` : `deb ${mirror} ${suite} main`]
}

const HAS_UPDATES: readonly DebianSuite[] = ["buster", "bullseye", "bookworm", "trixie"]

/** @see https://www.debian.org/security/: named otherwise before bullseye. */
function securitySuite(suite: DebianSuite): string {
  return suite === "buster" ? "buster/updates" : `${suite}-security`
}
