import { after, test } from "node:test"
import { keepsLaws, providerLaws } from "@geartrain/ports/laws"
import type { KnownProvider } from "../../src/providers/box/machine/provider-settings.ts"
import { lawBench, makeBench, missingFor, OPENERS } from "./bench.ts"

/** Run as whoever runs the tests; `as-user.test.ts` runs it once more as somebody with no rights. */
const bench = makeBench()
after(() => bench.remove())

for (const [name, open] of Object.entries(OPENERS)) {
  const missing = missingFor(name)
  if (missing !== undefined) {
    test(`${name} keeps the laws of providers`, { skip: missing }, () => undefined)
    continue
  }
  // Tried once: every law opens a provider of its own.
  const tried = await open()
  const known: KnownProvider = { version: tried.version, capabilities: tried.capabilities }
  await tried.close()
  for (const form of known.capabilities.roots) {
    if (form === "squashfs" && bench.squashfs === undefined) {
      test(`${name} keeps the laws of providers on squashfs`, { skip: "needs tar2sqfs" }, () => undefined)
      continue
    }
    keepsLaws(test, `${name} on ${form}`, {
      laws: providerLaws,
      open: async () => {
        const provider = await open({ known })
        return { port: lawBench(provider, bench, form), close: () => provider.close() }
      },
    })
  }
}
