import { GeartrainError } from "@geartrain/spec"

const MOST_TAG = 128

/**
 * The tag under which a version is published. A version may be any text and a tag may not, so what a tag cannot have is written as `--` and two
 * hexadecimal digits a byte, which names in image layouts can have, too. No two versions have one tag.
 *
 * @throws {GeartrainError} TAG_INVALID when it gets longer than a tag may be.
 * @see OCI distribution specification 1.1, "Pulling manifests": `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`; image specification 1.1, annotations.md,
 *   "org.opencontainers.image.ref.name"
 * @example
 *   versionTag("1.0.0_6.0.7") // => "1.0.0_6.0.7"
 *   versionTag("1.0.0+2") // => "1.0.0--2b2"
 */
export function versionTag(version: string): string {
  // A hyphen stays, but for one that would be taken for the beginning of what is written in digits.
  const written = version.replaceAll(/^[^A-Za-z0-9]|[^\w.-]|-(?=[^\w.]|$)/gsu, (sign) =>
    [...Buffer.from(sign)].map((byte) => `--${byte.toString(16).padStart(2, "0")}`).join(""),
  )
  // A tag begins with no hyphen; no other tag begins with a low line.
  const tag = written.startsWith("-") ? `_${written}` : written
  if (tag !== "" && tag.length <= MOST_TAG) return tag
  throw new GeartrainError("TAG_INVALID", `Cannot publish version "${version}": as a tag it has ${tag.length} signs`, {
    details: { version, tag },
    hint: `Give the gear a version of at most ${MOST_TAG} letters, digits, and _ . -`,
  })
}
