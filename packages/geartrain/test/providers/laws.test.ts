import { after, test } from "node:test"
import { keepsLaws, providerLaws } from "@geartrain/ports/laws"
import type { KnownProvider } from "../../src/providers/box/machine/provider-settings.ts"
import { lawBench, makeBench, missingFor, OPENERS } from "./bench.ts"

/** Tried once: every law opens a provider of its own. */
async function tryOpening(name: string): Promise<KnownProvider | undefined> {
  if (missingFor(name) !== undefined) return undefined
  const tried = await OPENERS[name]?.()
  await tried?.close()
  return tried && { version: tried.version, capabilities: tried.capabilities }
}

// Tried before there is a test: while a file of tests waits for something, those that it has may end, and what they leave be removed.
const tried = new Map<string, KnownProvider | undefined>()
for (const name of Object.keys(OPENERS)) tried.set(name, await tryOpening(name))

/** Run as whoever runs the tests; `as-user.test.ts` runs it once more as somebody with no rights. */
const bench = makeBench()
after(() => bench.remove())

for (const [name, open] of Object.entries(OPENERS)) {
  const known = tried.get(name)
  if (known === undefined) {
    test(`${name} keeps the laws of providers`, { skip: missingFor(name) ?? true }, () => undefined)
    continue
  }
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
