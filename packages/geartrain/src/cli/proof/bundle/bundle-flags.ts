import { GeartrainError } from "@geartrain/spec"
import type { Flag, Given } from "../../command.ts"

/** Flags of `gear verify` that say something of bundles only. */
export const BUNDLE_FLAGS = {
  key: {
    type: "text",
    value: "FILE",
    many: true,
    says: "Of a bundle: take it only if the key in this file has signed it; given several times, one of them",
    complete: "file",
  },
  "no-run": { type: "switch", says: "Of a bundle: check it, and run nothing" },
  network: {
    type: "text",
    value: "none|outbound",
    says: "Of a bundle: grant the network to jobs that had it. Default: none",
    complete: ["none", "outbound"],
  },
} as const satisfies Readonly<Record<string, Flag>>

/**
 * Tells a word that names a bundle from one that names a job: the latter has only hexadecimal digits, or is `latest`.
 *
 * @example
 *   isBundlePath("result.gtz") // => true
 *   isBundlePath("0123456789ab") // => false
 */
export function isBundlePath(word: string): boolean {
  return word.includes("/") || word.includes(".")
}

/** @throws {GeartrainError} USAGE */
export function refuseBundleFlags(given: Given): void {
  const flag = Object.keys(BUNDLE_FLAGS).find((name) => given.has(name))
  if (flag === undefined) return
  throw new GeartrainError("USAGE", `Cannot use --${flag} with a job: it is for paper bundles`, {
    details: { flag },
    hint: "Name a file, *.gtz, or leave the flag away",
  })
}
