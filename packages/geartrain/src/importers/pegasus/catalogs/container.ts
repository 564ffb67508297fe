import { inside, type JsonMap, neededText, oneOf, optionalText, optionalTruth, type Place, textsIn } from "../place.ts"
import { readChecksum } from "../workflow/hooks.ts"
import { type Profiles, readProfiles } from "../workflow/profiles.ts"

/** An image that programs run in. */
export interface Container {
  readonly name: string
  readonly type: "docker" | "singularity" | "shifter"
  /** `docker://`, `library://`, `shub://`, `shifter://`, `file://`, `http://` … */
  readonly image: string
  /** Where a `file://` image lies. */
  readonly imageSite?: string
  /** `source:target:ro`. */
  readonly mounts: readonly string[]
  readonly bypass: boolean
  readonly sha256?: string
  readonly profiles: Profiles
}

export function readContainer(map: JsonMap, place: Place): Container {
  const imageSite = optionalText(map, "image.site", place)
  const sha256 = readChecksum(map["checksum"], inside(place, "checksum"))
  return {
    name: neededText(map, "name", place),
    type: oneOf(neededText(map, "type", place), ["docker", "singularity", "shifter"], inside(place, "type")),
    image: neededText(map, "image", place),
    ...(imageSite === undefined ? {} : { imageSite }),
    mounts: textsIn(map, "mounts", place),
    bypass: optionalTruth(map, "bypass", place) ?? false,
    ...(sha256 === undefined ? {} : { sha256 }),
    profiles: readProfiles(map["profiles"], inside(place, "profiles")),
  }
}

/** The name under which an image is staged: the last part of where it lies, of a hub's image with its tag. */
export function imageFileName({ name, type, image }: Container): string {
  if (type === "shifter") return name
  const last = image.split("/").at(-1) ?? image
  return /^(docker|library|shub):/.test(image) ? name : last
}
