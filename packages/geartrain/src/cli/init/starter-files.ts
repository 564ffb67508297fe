import type { JsonObject } from "@geartrain/spec"
import type { StarterFile, Template } from "./template.ts"

/** The files of a new gear. */
export async function starterFiles(template: Template, name: string): Promise<Readonly<Record<string, StarterFile>>> {
  const more = await template.more?.()
  const others = Object.entries(more ?? {}).map(([file, text]) => [file, { text }] as const)
  return {
    "manifest.json": { text: manifestText(starterManifest(template, name)) },
    run: { text: template.run, executable: true },
    "gear.yaml": { text: recipeText(template, Object.keys(more ?? {})) },
    ...Object.fromEntries(others),
  }
}

function starterManifest({ language, environment }: Template, name: string): JsonObject {
  return {
    name,
    label: name.replaceAll("-", " ").replace(/^./, (first) => first.toUpperCase()),
    description: `Greets, and counts the bytes of a file. Written in ${language}: say here what yours does.`,
    version: "0.1.0-dev",
    author: "Your name",
    license: "Other",
    url: "",
    source: "",
    ...(environment === undefined ? {} : { environment }),
    inputs: {
      file: { base: "file", description: "A file to count the bytes of", optional: true },
    },
    config: {
      name: { type: "string", description: "Who is greeted", default: "world" },
    },
    custom: { flywheel: { uid: 1000, gid: 1000 } },
  }
}

export function manifestText(manifest: JsonObject): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

/** The date is that of a point release of the suite: any would do, as long as it stays. */
function recipeText({ packages }: Template, more: readonly string[]): string {
  const list = packages.length === 0 ? "" : `packages:\n${packages.map((name) => `  - ${name}\n`).join("")}`
  const files = more.length === 0 ? "" : `files:\n${more.map((name) => `  /flywheel/v0/${name}: ${name}\n`).join("")}`
  return `# What the gear's root filesystem is made of, beside manifest.json and run: gear build
recipe: 1
suite: bookworm
# No file is younger, so that the gear is the same whenever it is built.
date: 2025-01-11
${list}${files}`
}
