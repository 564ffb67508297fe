import { isJsonObject, memberOf } from "../../json/json-kind.ts"
import type { JsonPath } from "../../json/json-path.ts"
import type { GearManifest } from "../../manifest/gear-manifest.ts"
import type { ManifestRule } from "../lint-rule.ts"

/** Image names that mean another image tomorrow. */
export const imageTagRule: ManifestRule = {
  id: "manifest/image-tag",
  severity: "note",
  finds: "An image name without tag, or with the tag `latest`",
  why: "Such a name means another image after the next push, so that one version of the gear gives several results.",
  check: (manifest, finder) => {
    for (const { path, image } of imagesOf(manifest)) {
      const { tag, isPinned } = readName(image)
      if (isPinned || (tag !== undefined && tag !== "latest")) continue
      finder.atValue(path, {
        keyword: "image-tag",
        problem: `"${image}" ${tag === undefined ? "has no tag" : 'has the tag "latest"'}, and so means another image after the next push`,
        fix: `Write the version as its tag: "${image.replace(/:latest$/, "")}:${manifest.version}"`,
      })
    }
  },
}

/** Versions that were raised in one place and not in the other. */
export const imageVersionRule: ManifestRule = {
  id: "manifest/image-version",
  severity: "note",
  finds: "An image whose tag is another version than the manifest's",
  why: "The two are raised together. When one was forgotten, the version that records name is not the one that runs.",
  check: (manifest, finder) => {
    for (const { path, image } of imagesOf(manifest)) {
      const { tag, isPinned } = readName(image)
      if (isPinned || tag === undefined || tag === "latest" || !/\d/.test(tag)) continue
      if (tag === manifest.version || tag === `v${manifest.version}` || `v${tag}` === manifest.version) continue
      finder.atValue(path, {
        keyword: "image-version",
        problem: `the image has the tag "${tag}", and the manifest the version "${manifest.version}"`,
        fix: "Raise the one that was forgotten",
      })
    }
  },
}

/** The images that a manifest names: for the builder, and in the older member for the exchange. */
function imagesOf(manifest: GearManifest): readonly { readonly path: JsonPath; readonly image: string }[] {
  const builder = manifest.custom?.["gear-builder"]
  const found = [
    {
      path: ["custom", "gear-builder", "image"],
      image: isJsonObject(builder) ? memberOf(builder, "image") : undefined,
    },
    { path: ["custom", "docker-image"], image: manifest.custom?.["docker-image"] },
  ]
  // A base image without a folder, such as python:3-slim, has a version of its own.
  return found.flatMap(({ path, image }) => (typeof image === "string" && image.includes("/") ? [{ path, image }] : []))
}

function readName(image: string): { readonly tag?: string; readonly isPinned: boolean } {
  const tag = /:([\w][\w.-]*)$/.exec(image.split("/").at(-1) ?? "")?.[1]
  return { isPinned: image.includes("@sha256:"), ...(tag === undefined ? {} : { tag }) }
}
