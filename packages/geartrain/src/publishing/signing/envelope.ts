import { GeartrainError } from "@geartrain/spec"

/** Signed bytes, what kind of bytes they are, and who signed them. */
export interface Envelope {
  readonly payloadType: string
  readonly payload: Uint8Array
  readonly signatures: readonly EnvelopeSignature[]
}

export interface EnvelopeSignature {
  /** A hint which key it is: it is not signed itself. */
  readonly keyId: string
  readonly signature: Uint8Array
}

/** A statement about a gear has less than 2 KiB. */
export const MOST_ENVELOPE_BYTES = 1024 * 1024
const MOST_SIGNATURES = 64

/**
 * What is signed: kind and bytes together, so that bytes signed as one kind cannot be passed off as another.
 *
 * @see DSSE 1.0, protocol.md, "Signature Definition"
 * @example
 *   new TextDecoder().decode(preAuthEncoding("t", new TextEncoder().encode("body"))) // => "DSSEv1 1 t 4 body"
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}

/** @see DSSE 1.0, envelope.md */
export function encodeEnvelope({ payloadType, payload, signatures }: Envelope): Buffer {
  const document = {
    payloadType,
    payload: Buffer.from(payload).toString("base64"),
    signatures: signatures.map(({ keyId, signature }) => ({
      keyid: keyId,
      sig: Buffer.from(signature).toString("base64"),
    })),
  }
  return Buffer.from(`${JSON.stringify(document)}\n`)
}

/**
 * Reads an envelope that comes from outside. That it can be read says nothing about its signatures.
 *
 * @param what  What it should vouch for, for the message.
 * @throws {GeartrainError} SIGNATURE_INVALID
 */
export function parseEnvelope(bytes: Uint8Array, what: string): Envelope {
  if (bytes.length > MOST_ENVELOPE_BYTES) throw unreadable(what, `it has more than ${MOST_ENVELOPE_BYTES} bytes`)
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch (error) {
    throw unreadable(what, "it is no JSON", error)
  }
  const { payloadType, payload, signatures } = (document ?? {}) as Readonly<Record<string, unknown>>
  if (typeof payloadType !== "string" || !Array.isArray(signatures) || signatures.length > MOST_SIGNATURES) {
    throw unreadable(what, "it is no DSSE envelope")
  }
  return {
    payloadType,
    payload: decodeBase64(payload, what),
    signatures: signatures.map((each: unknown) => {
      const { keyid, sig } = (each ?? {}) as Readonly<Record<string, unknown>>
      return { keyId: typeof keyid === "string" ? keyid : "", signature: decodeBase64(sig, what) }
    }),
  }
}

/** Both alphabets, as DSSE asks of those who read. */
function decodeBase64(text: unknown, what: string): Buffer {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(text))
    throw unreadable(what, "a part of it is no base64")
  return Buffer.from(text, "base64")
}

function unreadable(what: string, problem: string, cause?: unknown): Error {
  return new GeartrainError("SIGNATURE_INVALID", `Cannot read the signature of ${what}: ${problem}`, {
    hint: "Ask whoever published it to sign it again",
    ...(cause === undefined ? {} : { cause }),
  })
}
