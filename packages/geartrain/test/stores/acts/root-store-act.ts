/**
 * Does one thing with a root store, as whoever it is run by: `root-store-act.ts <home> put|read|check|remove <tree> [tar listing]`.
 * Prints what came of it as JSON; `read` prints the tar.
 */
import { createReadStream, createWriteStream } from "node:fs"
import type { Digest } from "@geartrain/spec"
import { openStoreHome } from "../../../src/stores/filesystem/home/store-home.ts"
import { openRootStore } from "../../../src/stores/filesystem/roots/root-store.ts"

const [home = "", act = "", tree = "", tarFile = "", listingFile = ""] = process.argv.slice(2)
const store = openRootStore(await openStoreHome(home))
const digest = tree as Digest
try {
  process.stdout.write(JSON.stringify(await perform()))
} catch (error) {
  process.stdout.write(JSON.stringify({ code: (error as { code?: string }).code, message: (error as Error).message }))
}

async function perform(): Promise<unknown> {
  switch (act) {
    case "put":
      return store.put(digest, { tar: createReadStream(tarFile), listing: createReadStream(listingFile) })
    case "read": {
      let sizeBytes = 0
      const out = createWriteStream(tarFile)
      for await (const piece of store.read(digest)) {
        sizeBytes += piece.length
        await new Promise((resolve) => out.write(piece, resolve))
      }
      await new Promise<void>((resolve) => out.end(resolve))
      return { sizeBytes }
    }
    case "check":
      return store.check(digest)
    case "remove":
      return (await store.remove(digest)) ?? null
    default:
      throw new RangeError(`No act "${act}"`)
  }
}
