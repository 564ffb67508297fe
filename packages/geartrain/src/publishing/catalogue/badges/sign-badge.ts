import { type DeterminismBadge, type GearId, isGeartrainError, type JsonObject, validateDraft04 } from "@geartrain/spec"
import { BADGE_SCHEMA } from "@geartrain/spec/schemas"
import { encodeEnvelope, parseEnvelope } from "../../signing/envelope.ts"
import type { PublicKey, SigningKey } from "../../signing/key-pair.ts"
import { checkEnvelope, readStatement, signStatement } from "../../signing/statement.ts"

/** What the statement says of the gear: see docs/spec/badge.md. */
const PREDICATE_TYPE = "urn:geartrain:determinism:1"

/** Signs a badge of a gear: a DSSE envelope, as a signature of the gear has it. */
export function signBadge(gear: GearId, badge: DeterminismBadge, key: SigningKey): Uint8Array {
  const subject = [{ name: `${badge.name}@${badge.version}`, digest: gear }]
  const predicate = badge as unknown as JsonObject
  return encodeEnvelope(signStatement({ subject, predicateType: PREDICATE_TYPE, predicate }, key))
}

/** A badge of a gear, and what it is worth to this user. */
export interface JudgedBadge {
  /**
   * `good`: a key that counts has signed it. `unknown-key`: other keys claim to. `forged`: it names a key that counts, which has not signed it.
   * `other-gear`: it is about another gear. `unreadable`: it is no badge.
   */
  readonly standing: "good" | "unknown-key" | "forged" | "other-gear" | "unreadable"
  /** Absent where it is unreadable. A fact only where it is `good`. */
  readonly badge?: DeterminismBadge
  /** Names of the keys that have signed it. */
  readonly signedBy: readonly string[]
  /** Ids of keys that claim to have signed it. */
  readonly unknown: readonly string[]
}

/** A key whose word counts for the gear, and what the user calls it. */
export interface NamedKey extends PublicKey {
  readonly name: string
}

/**
 * Judges a badge that may come from anybody.
 *
 * @param gear  The gear that it should be about.
 */
export function judgeBadge(bytes: Uint8Array, gear: GearId, keys: readonly NamedKey[]): JudgedBadge {
  try {
    const envelope = parseEnvelope(bytes, "a badge")
    const { subject, predicateType, predicate } = readStatement(envelope, "a badge")
    const isBadge = predicateType === PREDICATE_TYPE && validateDraft04(BADGE_SCHEMA, predicate).length === 0
    if (!isBadge || subject.length !== 1) return UNREADABLE
    const { signedBy, unknown, forged } = checkEnvelope(envelope, keys)
    const badge = predicate as unknown as DeterminismBadge
    const told = { badge, signedBy: namesOf(signedBy), unknown }
    if (subject[0]?.digest !== gear) return { ...told, standing: "other-gear" }
    if (signedBy.length > 0) return { ...told, standing: "good" }
    return { ...told, standing: forged.length > 0 ? "forged" : "unknown-key" }
  } catch (error) {
    if (isGeartrainError(error, "SIGNATURE_INVALID")) return UNREADABLE
    throw error
  }
}

const UNREADABLE: JudgedBadge = { standing: "unreadable", signedBy: [], unknown: [] }

function namesOf(keys: readonly NamedKey[]): readonly string[] {
  return [...new Set(keys.map(({ name }) => name))]
}
