import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto"
import { GeartrainError } from "@geartrain/spec"
import { sha256 } from "../../system/hash.ts"

/** A key that checks signatures: ed25519. */
export interface PublicKey {
  /** The sha256 of its SubjectPublicKeyInfo, in DER: 64 hexadecimal digits. */
  readonly id: string
  /** As `openssl pkey -pubout` writes it. */
  readonly pem: string
}

/** A key that makes signatures. What is secret in it does not print. */
export interface SigningKey {
  readonly publicKey: PublicKey
  sign(bytes: Uint8Array): Buffer
}

/** Makes a new key, and its secret half as a PKCS #8 file in PEM. */
export function createKeyPair(): { readonly publicKey: PublicKey; readonly secretPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519")
  return {
    publicKey: describe(publicKey),
    secretPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  }
}

/**
 * Reads a public key.
 *
 * @param source  The file it comes from, for the message.
 * @throws {GeartrainError} KEY_INVALID
 */
export function readPublicKey(pem: string, source: string): PublicKey {
  // A secret key would be turned into its public half without a word, and then lie about where it should not be.
  if (/PRIVATE KEY/.test(pem)) throw invalid(source, "it is a secret key", "Give its public half: gear key list")
  return describe(ed25519(() => createPublicKey(pem), source))
}

/** Reads the secret half of a key. @throws {GeartrainError} KEY_INVALID */
export function readSigningKey(pem: string, source: string): SigningKey {
  const key = ed25519(() => createPrivateKey(pem), source)
  return {
    publicKey: describe(createPublicKey(key)),
    sign: (bytes) => sign(null, bytes, key),
  }
}

export function isSignedBy(key: PublicKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, bytes, createPublicKey(key.pem), signature)
}

function ed25519(read: () => KeyObject, source: string): KeyObject {
  let key: KeyObject
  try {
    key = read()
  } catch {
    // What OpenSSL says of it may quote the file, which may be a secret.
    throw invalid(source, "it is no key in PEM", "Make one with gear key new, or openssl genpkey -algorithm ed25519")
  }
  if (key.asymmetricKeyType === "ed25519") return key
  throw invalid(source, `it is a key for ${key.asymmetricKeyType}, and wanted is ed25519`, "Make one with gear key new")
}

function describe(key: KeyObject): PublicKey {
  const id = sha256(key.export({ type: "spki", format: "der" })).slice("sha256:".length)
  return { id, pem: key.export({ type: "spki", format: "pem" }).toString() }
}

function invalid(source: string, problem: string, hint: string): Error {
  return new GeartrainError("KEY_INVALID", `Cannot use key "${source}": ${problem}`, { hint })
}
