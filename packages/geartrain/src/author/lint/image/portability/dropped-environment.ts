import { DEFAULT_PATH, type GearManifest } from "@geartrain/spec"

/** Variables that tell how the image was built, and nothing that a program needs when it runs. */
const OF_THE_BUILD =
  /^(?:DEBIAN_FRONTEND|GPG_KEYS?|HOME|HOSTNAME|LANG|LC_ALL|PWD|TERM|SHLVL|container|_)$|_(?:VERSION|SHA256|SHA512|URL|COMMIT|DOWNLOAD_URL|CHECKSUM)$|^(?:PYTHON_GET_PIP|PIP|POETRY|NV_|YARN_|NODE_VERSION|PHP_|UV_)/

/** What an image declares of its environment, and its gear does not get. */
export interface DroppedEnvironment {
  readonly names: readonly string[]
  /** Folders of the declared PATH that the gear's PATH does not have. */
  readonly folders: readonly string[]
}

/**
 * Compares an image's ENV with what its gear gets: its manifest's `environment`, and a plain PATH.
 *
 * @param env  `NAME=value` each.
 */
export function droppedEnvironment(
  env: readonly string[],
  manifest: Pick<GearManifest, "environment">,
): DroppedEnvironment {
  const own = manifest.environment ?? {}
  const names: string[] = []
  let folders: readonly string[] = []
  for (const pair of env) {
    const split = pair.indexOf("=")
    const name = split === -1 ? pair : pair.slice(0, split)
    const value = split === -1 ? "" : pair.slice(split + 1)
    if (name === "PATH") {
      const has = (own["PATH"] ?? DEFAULT_PATH).split(":")
      folders = value.split(":").filter((folder) => folder !== "" && !folder.includes("$") && !has.includes(folder))
    } else if (!Object.hasOwn(own, name) && !OF_THE_BUILD.test(name)) names.push(name)
  }
  return { names, folders }
}

/** The same as a sentence; undefined where nothing is dropped. */
export function droppedText({ names, folders }: DroppedEnvironment): string | undefined {
  const some = `${names.slice(0, MOST_NAMED).join(", ")}${names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ""}`
  const parts = [
    ...(names.length === 0 ? [] : [some]),
    ...(folders.length === 0 ? [] : [`${folders.join(", ")} of PATH`]),
  ]
  if (parts.length === 0) return undefined
  return `a gear does not get the image's ENV ${parts.join("; nor ")}, which the manifest does not repeat`
}

const MOST_NAMED = 8
