import type { ManifestRule } from "../lint-rule.ts"

/** Keys that open nothing without a network. */
export const networkRule: ManifestRule = {
  id: "manifest/network",
  severity: "note",
  finds: "An input of base `api-key`, and no capability `networking`",
  why: "A key is of use only to who can reach the server. Flywheel gives every gear a network in practice; where runs are sealed, a gear has none unless it asks for it.",
  check: (manifest, finder) => {
    if (manifest.capabilities?.includes("networking") === true) return
    const key = Object.entries(manifest.inputs).find(([, input]) => input.base === "api-key")
    if (key === undefined) return
    finder.atKey(["inputs", key[0]], {
      keyword: "network",
      problem: "the gear takes a key and does not ask for a network, without which a key opens nothing",
      fix: 'Add "capabilities": ["networking"]',
    })
  },
}
