import type { CatalogueBackend } from "@geartrain/ports"
import { GeartrainError, isGeartrainError, shortDigest } from "@geartrain/spec"
import { type Envelope, encodeEnvelope, parseEnvelope } from "../signing/envelope.ts"
import { speaksFor, type TrustedKey } from "../signing/key-folder.ts"
import type { SigningKey } from "../signing/key-pair.ts"
import { checkEnvelope, readStatement, signStatement } from "../signing/statement.ts"
import type { PublishedGear } from "./artifact/gear-artifact.ts"
import { readNotes, writeNote } from "./artifact/note.ts"

const KIND = "application/vnd.geartrain.signature.v1"
/** What the signature of a gear says: that whoever holds the key publishes this gear under its name and version. */
const PREDICATE_TYPE = "urn:geartrain:publication:1"

/** Signs a published gear. Signing again with the same key changes nothing. */
export async function signGear(catalogue: CatalogueBackend, published: PublishedGear, key: SigningKey): Promise<void> {
  const { name, version, gear, platform, tree } = published
  const envelope = signStatement(
    {
      subject: [{ name: `${name}@${version}`, digest: gear }],
      predicateType: PREDICATE_TYPE,
      predicate: { name, version, platform, tree },
    },
    key,
  )
  const bytes = encodeEnvelope(envelope)
  await writeNote(catalogue, published, { kind: KIND, mediaType: "application/vnd.dsse.envelope.v1+json", bytes })
}

/** What the signatures of a gear amount to for this user. */
export interface SignatureVerdict {
  /** Names of the trusted keys that signed it. Empty only when no key is trusted for this gear. */
  readonly signedBy: readonly string[]
  /** Ids of other keys that claim to have signed it. */
  readonly unknown: readonly string[]
}

/**
 * Holds the signatures of a gear against the keys that are trusted for its name. Where there is such a key, one of them has to have signed.
 *
 * It is the gear id that is signed, which covers every byte of the gear, its name and its version; that what is installed has that id has to be
 * seen then.
 *
 * @throws {GeartrainError} SIGNATURE_MISSING, SIGNATURE_KEY_UNKNOWN, SIGNATURE_INVALID
 */
export async function checkSignatures(
  catalogue: CatalogueBackend,
  published: PublishedGear,
  trusted: readonly TrustedKey[],
): Promise<SignatureVerdict> {
  const keys = trusted.filter((key) => speaksFor(key, published.name))
  const what = `"${published.name}@${published.version}"`
  const { envelopes, unreadable } = readEnvelopes(await readNotes(catalogue, published, [KIND]), what)
  const checked = envelopes.map((envelope) => ({ envelope, ...checkEnvelope(envelope, keys) }))
  const good = checked.filter(({ envelope, signedBy }) => signedBy.length > 0 && isAbout(envelope, published, what))
  const signedBy = [...new Set(good.flatMap((each) => each.signedBy.map(({ name }) => name)))]
  const unknown = [...new Set(checked.flatMap((each) => each.unknown))]
  if (keys.length === 0 || signedBy.length > 0) return { signedBy, unknown }
  const forged = checked.flatMap((each) => each.forged)
  const otherwise = checked.flatMap((each) => each.signedBy)
  if (forged.length > 0) throw invalid(what, `the signature of "${forged[0]?.name}" is not by their key`)
  if (otherwise.length > 0) throw invalid(what, `what "${otherwise[0]?.name}" signed is another gear`)
  if (unknown.length > 0) throw unknownKey(what, unknown, keys)
  if (unreadable !== undefined) throw unreadable
  throw missing(what, keys)
}

function readEnvelopes(
  notes: Awaited<ReturnType<typeof readNotes>>,
  what: string,
): { readonly envelopes: readonly Envelope[]; readonly unreadable: unknown } {
  let unreadable: unknown
  const envelopes = notes.flatMap(({ bytes }) => {
    try {
      return [parseEnvelope(bytes, what)]
    } catch (error) {
      // Told only where no other signature is good: anybody who may write can leave rubbish.
      unreadable = error
      return []
    }
  })
  return { envelopes, unreadable }
}

/** Whether what was signed is this gear, under this name. */
function isAbout(envelope: Envelope, published: PublishedGear, what: string): boolean {
  try {
    const { subject, predicateType, predicate } = readStatement(envelope, what)
    const { name, version } = predicate
    const isThis = name === published.name && version === published.version && subject.length === 1
    return isThis && predicateType === PREDICATE_TYPE && subject[0]?.digest === published.gear
  } catch (error) {
    // Signed by the key, and about something else than gears.
    if (isGeartrainError(error, "SIGNATURE_INVALID")) return false
    throw error
  }
}

function invalid(what: string, problem: string): Error {
  return new GeartrainError("SIGNATURE_INVALID", `Cannot install ${what}: ${problem}`, {
    hint: "Do not use it; tell those who keep the catalogue, and those who hold the key",
  })
}

function unknownKey(what: string, unknown: readonly string[], keys: readonly TrustedKey[]): Error {
  const ids = unknown.map((id) => shortDigest(`sha256:${id}`))
  return new GeartrainError(
    "SIGNATURE_KEY_UNKNOWN",
    `Cannot install ${what}: it is signed by key ${ids.join(", ")}, and wanted is a signature by ${namesOf(keys)}`,
    {
      details: { found: unknown, wanted: keys.map(({ id }) => id) },
      hint: "Ask its publisher for their public key, compare its id by another way, then: gear key trust FILE",
    },
  )
}

function missing(what: string, keys: readonly TrustedKey[]): Error {
  return new GeartrainError(
    "SIGNATURE_MISSING",
    `Cannot install ${what}: nobody has signed it, and wanted is a signature by ${namesOf(keys)}`,
    {
      details: { wanted: keys.map(({ id }) => id) },
      hint: "Ask for it to be published again with --key; or gear key distrust, if their word does not matter for it",
    },
  )
}

function namesOf(keys: readonly TrustedKey[]): string {
  return keys.map(({ name }) => `"${name}"`).join(" or ")
}
