import { GeartrainError } from "@geartrain/spec"
import type { PublicKey } from "../../signing/key-pair.ts"
import { quoted } from "../format/bundle-error.ts"
import type { BundleSignature } from "../format/bundle-signature.ts"

/** What a signature is worth to whoever reads here. */
export type SignatureVerdict =
  | { readonly status: "known"; readonly name: string; readonly key: string; readonly signed: string }
  | { readonly status: "unknown"; readonly key: string; readonly signed: string }
  | { readonly status: "unsigned" }

/** A key that the reader knows, and by which name. */
export interface KnownKey extends PublicKey {
  readonly name: string
}

/**
 * Tells whose signature a bundle has. That it is good was found out when the bundle was opened.
 *
 * @param wanted  The keys that alone will do, if there are such.
 * @throws {GeartrainError} SIGNATURE_MISSING, SIGNATURE_KEY_UNKNOWN when none of the wanted keys has signed it
 */
export function judgeSignature(
  bundle: { readonly path: string; readonly signature?: BundleSignature },
  known: readonly KnownKey[],
  wanted?: readonly KnownKey[],
): SignatureVerdict {
  const { signature, path } = bundle
  if (signature === undefined) {
    if (wanted === undefined) return { status: "unsigned" }
    throw new GeartrainError("SIGNATURE_MISSING", `Cannot trust bundle ${quoted(path)}: nobody has signed it`, {
      details: { bundle: path, wanted: wanted.map(({ id }) => id) },
      hint: "Ask its author for one that is signed: gear bundle --key NAME",
    })
  }
  const { key, signed } = signature
  const match = (wanted ?? known).find(({ id }) => id === key.id)
  if (match !== undefined) return { status: "known", name: match.name, key: key.id, signed }
  if (wanted === undefined) return { status: "unknown", key: key.id, signed }
  throw new GeartrainError(
    "SIGNATURE_KEY_UNKNOWN",
    `Cannot trust bundle ${quoted(path)}: key ${key.id} has signed it, and not ${wanted.map(({ id }) => id).join(" or ")}`,
    {
      details: { bundle: path, found: key.id, wanted: wanted.map(({ id }) => id) },
      hint: "Ask its author which key is theirs",
    },
  )
}
