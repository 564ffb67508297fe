import { type Digest, GeartrainError, hexOf, isDigest, type JsonObject } from "@geartrain/spec"
import { type Envelope, preAuthEncoding } from "./envelope.ts"
import { isSignedBy, type PublicKey, type SigningKey } from "./key-pair.ts"

/**
 * What a signature vouches for: that somebody says something (`predicate`) about certain bytes (`subject`).
 *
 * @see in-toto attestation framework 1.0, statement.md
 */
export interface Statement {
  readonly subject: readonly { readonly name: string; readonly digest: Digest }[]
  /** A URI that says what the predicate means. */
  readonly predicateType: string
  readonly predicate: JsonObject
}

const PAYLOAD_TYPE = "application/vnd.in-toto+json"
const STATEMENT_TYPE = "https://in-toto.io/Statement/v1"

export function signStatement(statement: Statement, key: SigningKey): Envelope {
  const document = {
    _type: STATEMENT_TYPE,
    subject: statement.subject.map(({ name, digest }) => ({ name, digest: { sha256: hexOf(digest) } })),
    predicateType: statement.predicateType,
    predicate: statement.predicate,
  }
  const payload = Buffer.from(JSON.stringify(document))
  const signature = key.sign(preAuthEncoding(PAYLOAD_TYPE, payload))
  return { payloadType: PAYLOAD_TYPE, payload, signatures: [{ keyId: key.publicKey.id, signature }] }
}

/** Which of the keys that are looked for have signed an envelope, and which signatures are not by one of them. */
export interface CheckedEnvelope<Key extends PublicKey> {
  readonly signedBy: readonly Key[]
  /** Ids of keys, as the envelope claims them, that were not looked for. */
  readonly unknown: readonly string[]
  /** Keys that are looked for, and whose signature is not theirs. */
  readonly forged: readonly Key[]
}

export function checkEnvelope<Key extends PublicKey>(envelope: Envelope, keys: readonly Key[]): CheckedEnvelope<Key> {
  const signed = preAuthEncoding(envelope.payloadType, envelope.payload)
  const result = { signedBy: [] as Key[], unknown: [] as string[], forged: [] as Key[] }
  for (const { keyId, signature } of envelope.signatures) {
    const key = keys.find(({ id }) => id === keyId)
    if (key === undefined) result.unknown.push(keyId)
    else (isSignedBy(key, signed, signature) ? result.signedBy : result.forged).push(key)
  }
  return result
}

/**
 * Reads the statement in an envelope. Only after a signature was found good does it mean anything.
 *
 * @throws {GeartrainError} SIGNATURE_INVALID
 */
export function readStatement(envelope: Envelope, what: string): Statement {
  if (envelope.payloadType !== PAYLOAD_TYPE) throw unreadable(what, `it is about "${envelope.payloadType}"`)
  let document: Readonly<Record<string, unknown>>
  try {
    document = JSON.parse(Buffer.from(envelope.payload).toString("utf8")) ?? {}
  } catch (error) {
    throw unreadable(what, "it is no JSON", error)
  }
  const { _type, subject, predicateType, predicate } = document
  if (_type !== STATEMENT_TYPE || typeof predicateType !== "string" || !Array.isArray(subject)) {
    throw unreadable(what, "it is no in-toto statement")
  }
  return {
    subject: subject.map((each: unknown) => readSubject(each, what)),
    predicateType,
    predicate: typeof predicate === "object" && predicate !== null ? (predicate as JsonObject) : {},
  }
}

function readSubject(value: unknown, what: string): Statement["subject"][number] {
  const { name, digest } = (value ?? {}) as { readonly name?: unknown; readonly digest?: { readonly sha256?: unknown } }
  const full = `sha256:${digest?.sha256}`
  if (typeof name !== "string" || !isDigest(full)) throw unreadable(what, "a subject of it has no sha256")
  return { name, digest: full }
}

function unreadable(what: string, problem: string, cause?: unknown): Error {
  return new GeartrainError("SIGNATURE_INVALID", `Cannot read what the signature of ${what} says: ${problem}`, {
    hint: "Ask whoever published it to sign it again",
    ...(cause === undefined ? {} : { cause }),
  })
}
