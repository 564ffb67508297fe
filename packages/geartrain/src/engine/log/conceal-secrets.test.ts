import assert from "node:assert/strict"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { concealSecrets, secretsOfKeys } from "./conceal-secrets.ts"
import { LogBook } from "./log-book.ts"

test("whole keys, their lines and what follows the host are struck out, everywhere", () => {
  const secrets = secretsOfKeys({ key: "host:443:s3cret1", license: 'line one\n"quoted"\n1\n' })
  const text = 'k host:443:s3cret1 s3cret1s3cret1, "line one", \\"quoted\\", "quoted", 1'
  const shown = concealSecrets(Buffer.from(text), secrets).toString()
  assert.equal(
    shown,
    `k ${"*".repeat(16)} ${"*".repeat(14)}, "${"*".repeat(8)}", ${"*".repeat(10)}, ${"*".repeat(8)}, 1`,
  )
})

test("bytes without a secret are handed on as they are", () => {
  const bytes = Buffer.from("nothing here")
  assert.equal(concealSecrets(bytes, secretsOfKeys({ key: "s3cret1" })), bytes)
})

test("a log has no secret, though the gear prints it in pieces", async () => {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-log-"))
  try {
    const log = await LogBook.open(join(folder, "log"), { secrets: secretsOfKeys({ key: "host:s3cret1" }) })
    for (const piece of ["the key is s3c", "re", "t1\nand host:s3", "cret1"]) await log.write(1, Buffer.from(piece))
    const { tail } = await log.close()
    assert.doesNotMatch(await readFile(join(folder, "log"), "utf8"), /s3c/)
    assert.deepEqual(
      tail.map(({ msg }) => msg),
      ["the key is *******", "and ************"],
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
