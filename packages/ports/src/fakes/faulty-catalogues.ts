import type { CatalogueBackend } from "../catalogue-backend.ts"
import { memoryCatalogue } from "./memory-catalogue.ts"

/** Catalogues that each break some promise, in a way that real ones have been seen to: a suite of laws has to catch every one. */
export const faultyCatalogues: Readonly<Record<string, () => CatalogueBackend>> = {
  "cuts blobs short": () =>
    faulty((honest) => ({
      readBlob: async function* (...asked) {
        for await (const chunk of honest.readBlob(...asked)) yield chunk.subarray(1)
      },
    })),
  "does not compare what is written": () =>
    faulty((honest) => ({
      writeBlob: (gear, descriptor, read) => honest.writeBlob(gear, descriptor, read).catch(() => undefined),
    })),
  "uploads again": () =>
    faulty((honest) => ({
      writeBlob: async (gear, descriptor, read) => {
        for await (const _ of read());
        return honest.writeBlob(gear, descriptor, read)
      },
    })),
  "gives nothing for a blob that is not there": () =>
    faulty((honest) => ({
      readBlob: async function* (...asked) {
        try {
          yield* honest.readBlob(...asked)
        } catch {
          // The fault: an error that is swallowed.
        }
      },
    })),
  "formats manifests anew": () =>
    faulty((honest) => ({
      writeManifest: (gear, manifest, options) =>
        honest.writeManifest(gear, { ...manifest, bytes: Uint8Array.from([...manifest.bytes, 10]) }, options),
    })),
  "throws for a tag that is not there": () =>
    faulty((honest) => ({
      readManifest: async (gear, reference) => {
        const found = await honest.readManifest(gear, reference)
        if (found === undefined) throw new RangeError("404")
        return found
      },
    })),
  "keeps the first of a tag": () =>
    faulty((honest) => ({
      writeManifest: (gear, manifest, options) =>
        honest
          .writeManifest(gear, manifest, { ...options, onlyNew: true })
          .catch(() => honest.writeManifest(gear, manifest)),
    })),
  "does not know onlyNew": () =>
    faulty((honest) => ({
      writeManifest: (gear, manifest, { tag } = {}) =>
        honest.writeManifest(gear, manifest, tag === undefined ? {} : { tag }),
    })),
  "looks before it writes": () =>
    faulty((honest) => ({
      writeManifest: async (gear, manifest, options = {}) => {
        const { onlyNew: _, ...rest } = options
        const there = options.tag === undefined ? undefined : await honest.readManifest(gear, options.tag)
        return honest.writeManifest(gear, manifest, there === undefined ? rest : options)
      },
    })),
  "refuses every new tag": () =>
    faulty((honest) => ({
      writeManifest: async (gear, manifest, options = {}) => {
        if (options.onlyNew === true) throw new RangeError("taken")
        return honest.writeManifest(gear, manifest, options)
      },
    })),
  "lists what has no tag": () =>
    faulty((honest) => ({
      writeManifest: (gear, manifest, options = {}) =>
        honest.writeManifest(gear, manifest, { tag: `untagged-${manifest.bytes.length}`, ...options }),
    })),
  "lists a name for each tag": () =>
    faulty((honest) => ({
      names: async function* () {
        for await (const name of honest.names()) for (const _ of await honest.tags(name)) yield name
      },
    })),
  "keeps one referrer": () =>
    faulty((honest) => ({ referrers: async (...asked) => (await honest.referrers(...asked)).slice(-1) })),
  "takes all notes for all manifests": () => {
    const notes = memoryCatalogue()
    return faulty((honest) => ({
      writeManifest: async (gear, manifest, options = {}) => {
        if (options.tag === undefined) await notes.writeManifest(gear, manifest, { tag: `n${manifest.bytes.length}` })
        return honest.writeManifest(gear, manifest, options)
      },
      referrers: async (gear) => {
        const found = await Promise.all((await notes.tags(gear)).map((tag) => notes.readManifest(gear, tag)))
        return found.flatMap((each) => (each === undefined ? [] : [each.descriptor]))
      },
    }))
  },
}

function faulty(spoil: (honest: CatalogueBackend) => Partial<CatalogueBackend>): CatalogueBackend {
  const honest = memoryCatalogue()
  return { ...honest, ...spoil(honest) }
}
