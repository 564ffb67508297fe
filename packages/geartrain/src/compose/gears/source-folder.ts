import { existsSync } from "../../system/files.ts"

/**
 * Tells the folder that a gear is built from, with its manifest beside the program, from one that is an image: a root filesystem has the manifest
 * in flywheel/v0, and a folder of skopeo has a manifest.json of another kind beside its version.
 */
export function isSourceFolder(path: string): boolean {
  const has = (name: string): boolean => existsSync(`${path}/${name}`)
  return has("manifest.json") && !has("oci-layout") && !has("flywheel/v0") && !has("version")
}
