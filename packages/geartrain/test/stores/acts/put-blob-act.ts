/** Puts a blob into the store at its argument, and prints the error that comes of it. */
import { openStore } from "../../../src/stores/filesystem/open-store.ts"

const { blobs } = await openStore(process.argv[2] ?? "")
try {
  await blobs.put(
    (async function* () {
      yield Buffer.from("x")
    })(),
  )
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code} ${(error as Error).message}`)
}
