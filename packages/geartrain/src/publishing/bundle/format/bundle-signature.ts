import type { Digest, GeartrainError } from "@geartrain/spec"
import { type Envelope, encodeEnvelope, parseEnvelope } from "../../signing/envelope.ts"
import { type PublicKey, readPublicKey, type SigningKey } from "../../signing/key-pair.ts"
import { checkEnvelope, readStatement, signStatement } from "../../signing/statement.ts"
import { bundleError } from "./bundle-error.ts"
import { INDEX_PATH, SIGNATURE_PATH } from "./bundle-index.ts"

const PREDICATE_TYPE = "urn:geartrain:bundle:1"

/** Who vouches for a bundle. That the key is good says nothing of whose it is. */
export interface BundleSignature {
  readonly key: PublicKey
  /** ISO 8601: what the signer's clock said. */
  readonly signed: string
}

/** @param signed  ISO 8601 */
export function signIndex(index: Digest, key: SigningKey, signed: string): Buffer {
  const statement = {
    subject: [{ name: INDEX_PATH, digest: index }],
    predicateType: PREDICATE_TYPE,
    predicate: { signed, key: key.publicKey.pem },
  }
  return encodeEnvelope(signStatement(statement, key))
}

/**
 * Checks that the key which a signature names has made it, for just this index.
 *
 * @throws {GeartrainError} SIGNATURE_INVALID
 */
export function checkSignature(bytes: Uint8Array, index: Digest, bundle: string): BundleSignature {
  const envelope = parseEnvelope(bytes, `bundle "${bundle}"`)
  const { subject, predicateType, predicate } = readStatement(envelope, `bundle "${bundle}"`)
  const { signed, key: pem } = predicate
  if (predicateType !== PREDICATE_TYPE || typeof signed !== "string" || typeof pem !== "string")
    throw invalid(bundle, "it is no statement about a bundle")
  const key = readKey(pem, bundle)
  if (!isOnlySignature(envelope, key)) throw invalid(bundle, `key ${key.id.slice(0, 12)} did not make it`)
  const [only, ...others] = subject
  if (only?.name !== INDEX_PATH || only.digest !== index || others.length > 0)
    throw invalid(bundle, `it is for another ${INDEX_PATH}`)
  return { key, signed }
}

function readKey(pem: string, bundle: string): PublicKey {
  try {
    return readPublicKey(pem, SIGNATURE_PATH)
  } catch (error) {
    throw invalid(bundle, "the key in it cannot be used", error)
  }
}

function isOnlySignature(envelope: Envelope, key: PublicKey): boolean {
  const { signedBy, unknown, forged } = checkEnvelope(envelope, [key])
  return signedBy.length === 1 && unknown.length === 0 && forged.length === 0
}

function invalid(bundle: string, problem: string, cause?: unknown): GeartrainError {
  return bundleError("SIGNATURE_INVALID", bundle, {
    member: SIGNATURE_PATH,
    problem: `the signature is not good: ${problem}`,
    hint: "Do not use this bundle: ask its author for another",
    cause,
  })
}
