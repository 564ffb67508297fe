import type { ConvertedGear } from "./convert-gears.ts"

/** The day of a point release of the suite: any would do, as long as it stays. */
const DATE = "2025-01-11"

/**
 * Files that say what a gear's root filesystem is made of, where there is no image at hand: a Dockerfile on its container, or a recipe with
 * Debian's essential packages for a program that is installed. Undefined where neither can be: for images that only Singularity reads.
 */
export function gearSources({ container, programs }: ConvertedGear): Readonly<Record<string, string>> | undefined {
  if (container === undefined) return { "gear.yaml": recipe(Object.keys(programs)) }
  // What Shifter reads are images of docker's hub, too.
  const hub = /^(?:docker|shifter):\/+(.+)$/.exec(container.image)
  if (hub === null) return undefined
  const copies = Object.keys(programs).map((place) => `COPY ${JSON.stringify([fileOf(place), `/${place}`])}`)
  return {
    Dockerfile: [
      "# The container of a Pegasus workflow: gear build",
      `FROM ${hub[1]}`,
      'COPY ["manifest.json", "/flywheel/v0/manifest.json"]',
      'COPY ["run", "/flywheel/v0/run"]',
      ...copies,
      "",
    ].join("\n"),
  }
}

/** What a program's file is called beside the recipe. */
export function fileOf(place: string): string {
  return place.replace(/^.*\//, "")
}

function recipe(places: readonly string[]): string {
  const files =
    places.length === 0
      ? []
      : ["files:", ...places.map((place) => `  ${JSON.stringify(`/${place}`)}: ${JSON.stringify(fileOf(place))}`)]
  return [
    "# What the gear's root filesystem is made of, beside manifest.json and run: gear build",
    "# Name the Debian packages that the program comes with, where it is none of the essential ones:",
    "# packages: [NAME]",
    "recipe: 1",
    "suite: bookworm",
    `date: ${DATE}`,
    ...files,
    "",
  ].join("\n")
}
