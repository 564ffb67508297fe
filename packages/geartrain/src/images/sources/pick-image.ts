import { type ImagePlace, imageError, quoted } from "../../packing/place/image-place.ts"
import type { Descriptor } from "./image-documents.ts"

/** Which of several images is meant. */
export interface ImageChoice {
  /** The name or tag that the archive gives it. */
  readonly name?: string
  /** `os/architecture[/variant]`. Absent: this machine's, or the only one that there is. */
  readonly platform?: string
  /** `os/architecture` of this machine. */
  readonly hostPlatform: string
}

/** Where archives note the name of an image. @see OCI image specification 1.1, annotations.md; containerd, images/annotations.go */
const NAME_ANNOTATIONS = ["org.opencontainers.image.ref.name", "io.containerd.image.name"]

/**
 * Picks the one image that is meant out of an index.
 *
 * @throws {GeartrainError} IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, IMAGE_PLATFORM_MISSING
 */
export function pickImage(manifests: readonly Descriptor[], choice: ImageChoice, place: ImagePlace): Descriptor {
  const named = choice.name === undefined ? manifests : byName(manifests, choice.name, place)
  // Signatures and statements about an image stand beside it, as images for a platform that does not exist.
  const images = named.filter(
    (each) => each.platform !== "unknown/unknown" && !("vnd.docker.reference.type" in each.annotations),
  )
  const [first, ...others] = images
  if (first === undefined)
    throw imageError("IMAGE_NOT_FOUND", place, { problem: "it holds no image", hint: SAVE_AGAIN })
  const isAsked = choice.platform !== undefined
  const wanted = choice.platform ?? choice.hostPlatform
  if (others.length === 0) {
    if (isAsked && first.platform !== undefined && !isFor(first, wanted)) throw noPlatform(images, wanted, place)
    return first
  }
  if (images.some(({ platform }) => platform === undefined)) throw ambiguous(images, place)
  const fitting = images.filter((each) => isFor(each, wanted))
  if (fitting.length === 0) throw noPlatform(images, wanted, place)
  // Of several variants of an architecture the plainest runs everywhere.
  const plain = fitting.filter(({ platform }) => platform === wanted)
  const [image, ...rest] = plain.length > 0 ? plain : fitting
  // Two for one platform are two images, unless one is listed twice.
  if (image === undefined || rest.some(({ digest }) => digest !== image.digest)) throw ambiguous(fitting, place)
  return image
}

const SAVE_AGAIN = "Save or push the image again"

function byName(manifests: readonly Descriptor[], name: string, place: ImagePlace): readonly Descriptor[] {
  const named = manifests.filter(({ annotations }) => NAME_ANNOTATIONS.some((key) => annotations[key] === name))
  if (named.length > 0) return named
  const hint = `Name one that it has: ${namesOf(manifests).join(", ") || "it gives them no names"}`
  throw imageError("IMAGE_NOT_FOUND", place, { problem: `it holds no image with the name ${quoted(name)}`, hint })
}

function namesOf(manifests: readonly Descriptor[]): readonly string[] {
  return manifests.flatMap(({ annotations }) => NAME_ANNOTATIONS.flatMap((key) => annotations[key] ?? []))
}

function isFor({ platform }: Descriptor, wanted: string): boolean {
  return platform === wanted || platform?.startsWith(`${wanted}/`) === true
}

function noPlatform(images: readonly Descriptor[], wanted: string, place: ImagePlace): Error {
  const offered = images.map(({ platform }) => platform ?? "unknown").join(", ")
  return imageError("IMAGE_PLATFORM_MISSING", place, {
    problem: `it is for ${offered}, and wanted is ${wanted}`,
    hint: `Choose one of the platforms that it is for: ${offered}`,
  })
}

function ambiguous(images: readonly Descriptor[], place: ImagePlace): Error {
  const names = namesOf(images)
  return imageError("IMAGE_AMBIGUOUS", place, {
    problem: `it holds ${images.length} images`,
    hint: names.length > 0 ? `Name one of them: ${names.join(", ")}` : "Save only one image into the archive",
  })
}
