import { resolve } from "node:path"
import { GeartrainError, type ImageDeclaration, type JsonObject, lintManifestFile } from "@geartrain/spec"
import { droppedEnvironment } from "../../author/lint/image/portability/dropped-environment.ts"
import type { OpenedImage } from "../../compose/images/look-into-image.ts"
import { manifestText } from "./starter-files.ts"
import type { StarterFile } from "./template.ts"

/**
 * The files of a gear that is made of somebody's image: what starts it in docker is its program, and its environment is the manifest's.
 *
 * An image that is a gear already keeps its own manifest and program.
 *
 * @throws {GeartrainError} USAGE for a packing that no Dockerfile can build on.
 */
export function filesFromImage(image: OpenedImage, name: string): Readonly<Record<string, StarterFile>> {
  const from = baseOf(image)
  const own = image.manifest === undefined ? undefined : lintManifestFile(image.manifest, "manifest.json")
  if (own?.manifest !== undefined) {
    const text = new TextDecoder().decode(image.manifest)
    return { "manifest.json": { text }, Dockerfile: { text: dockerfile(from, ["manifest.json"]) } }
  }
  return {
    "manifest.json": { text: manifestText(manifestOf(image, name)) },
    run: { text: runScript(image.declaration), executable: true },
    Dockerfile: { text: dockerfile(from, ["manifest.json", "run"]) },
  }
}

/** @see containers-transports(5), which podman and buildah understand after FROM */
function baseOf({ origin }: OpenedImage): string {
  switch (origin.kind) {
    case "registry":
      return origin.reference.replace(/^docker:\/\//, "")
    case "docker-archive":
    case "oci-archive":
      return `${origin.kind}:${resolve(origin.reference)}`
    case "oci-layout":
      return `oci:${resolve(origin.reference)}`
    default:
      throw new GeartrainError(
        "USAGE",
        `Cannot begin a gear from "${origin.reference}": no Dockerfile can build on a ${origin.kind}`,
        { hint: "Name an image of a registry, or an archive of docker save or of OCI" },
      )
  }
}

function manifestOf({ declaration, origin }: OpenedImage, name: string): JsonObject {
  const environment = environmentOf(declaration)
  return {
    name,
    label: name,
    description: `Runs what ${origin.reference} starts. Say here what it does, and which files and values it takes.`,
    version: "0.1.0-dev",
    author: "Your name",
    license: "Other",
    url: "",
    source: "",
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    inputs: { file: { base: "file", description: "A file to work on", optional: true } },
    config: {},
  }
}

/** What a gear would not get otherwise: the variables, and PATH where it has folders of its own. */
function environmentOf(declaration: ImageDeclaration | undefined): Readonly<Record<string, string>> {
  const env = declaration?.env ?? []
  const { names, folders } = droppedEnvironment(env, {})
  const kept = [...names, ...(folders.length === 0 ? [] : ["PATH"])]
  return Object.fromEntries(
    env.flatMap((pair) => {
      const split = pair.indexOf("=")
      const variable = pair.slice(0, split)
      return split > 0 && kept.includes(variable) ? [[variable, pair.slice(split + 1)]] : []
    }),
  )
}

/** What docker would start, from the folder that docker would start it in; with the results where a gear's results are looked for. */
function runScript(declaration: ImageDeclaration | undefined): string {
  const words = [...(declaration?.entrypoint ?? []), ...(declaration?.cmd ?? [])]
  const workdir = declaration?.workdir ?? ""
  const command = words.length === 0 ? 'echo "Write here what the gear does"' : words.map(quoted).join(" ")
  const enter = workdir === "" || workdir === "/flywheel/v0" ? [] : [`cd ${quoted(workdir)}`]
  return [
    "#!/bin/bash",
    "# What the image starts. A file is in /flywheel/v0/input/file/, and what lies in /flywheel/v0/output/ at the end is the result.",
    "set -euo pipefail",
    ...enter,
    command,
    "",
  ].join("\n")
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** The ENTRYPOINT of the image is not the gear's: without one, `docker run` does what a gear does. */
function dockerfile(from: string, files: readonly string[]): string {
  return `FROM ${from}
COPY ${files.join(" ")} /flywheel/v0/
WORKDIR /flywheel/v0
ENTRYPOINT []
CMD ["/flywheel/v0/run"]
`
}
