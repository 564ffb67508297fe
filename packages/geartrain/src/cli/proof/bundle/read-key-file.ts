import { basename } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import type { KnownKey } from "../../../publishing/bundle/read/judge-signature.ts"
import { readPublicKey } from "../../../publishing/signing/key-pair.ts"
import { readSmallFile } from "../../run/read-small-file.ts"

const LONGEST_BYTES = 64 * 1024

/**
 * Reads somebody's public key.
 *
 * @throws {GeartrainError} KEY_INVALID
 */
export async function readKeyFile(path: string): Promise<KnownKey> {
  const pem = await readSmallFile(path, {
    longestBytes: LONGEST_BYTES,
    refuse: ({ is, cause }) =>
      new GeartrainError("KEY_INVALID", `Cannot use key "${path}": ${is}`, {
        details: { path },
        hint: "Give the file with its public half: gear key list",
        ...(cause === undefined ? {} : { cause }),
      }),
  })
  return { ...readPublicKey(pem, path), name: basename(path) }
}
