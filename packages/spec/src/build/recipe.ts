/**
 * What the root filesystem of a gear is made of, as `gear.yaml` beside its manifest says it. The whole of it is data: no recipe runs a command
 * of its own.
 *
 * @see docs/spec/recipe.md
 */
export interface Recipe {
  /** Version of the format. */
  readonly recipe: 1
  /** Release of Debian, by its code name. */
  readonly suite: DebianSuite
  /** No file is younger: `2023-11-14` or `2023-11-14T22:13:20Z`. Without it, that of `snapshot`. */
  readonly date?: string
  /** Take packages as they were at this moment, from Debian's archive of all its days. */
  readonly snapshot?: string
  /** Where packages come from instead of Debian's own servers. */
  readonly mirror?: string
  /** Packages besides the essential ones. */
  readonly packages?: readonly string[]
  /** What lies beside the recipe, by where it goes in the gear. */
  readonly files?: Readonly<Record<string, string>>
  /** Patterns of paths, from the root and without a slash before, that are removed when all is installed. */
  readonly remove?: readonly string[]
}

/**
 * Releases that a recipe may name. Names that move (`stable`, `testing`) would mean another gear some day.
 *
 * @see https://www.debian.org/releases/
 */
export const DEBIAN_SUITES = ["buster", "bullseye", "bookworm", "trixie", "forky", "sid"] as const

export type DebianSuite = (typeof DEBIAN_SUITES)[number]
