import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { openServerDatabase } from "./open-server-database.ts"

test("a database that is away is told by its address, without its password, with what to do", async () => {
  // A port that was free a moment ago.
  const server = createServer().listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  const { port } = server.address() as { readonly port: number }
  await new Promise((resolve) => server.close(resolve))
  const database = `postgres://gear:secret@127.0.0.1:${port}/lab`
  await assert.rejects(openServerDatabase({ data: "/nowhere", database }), {
    code: "DATABASE_UNAVAILABLE",
    message: `Cannot open the database "lab" at 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
    hint: "Start it, or name another: --database, or database in the settings",
  })
})

test("a file that is no database, or that cannot be made, is told by its path", async (context) => {
  const data = mkdtempSync(join(tmpdir(), "geartrain-database-"))
  context.after(() => rmSync(data, { recursive: true }))
  await assert.rejects(openServerDatabase({ data: `${data}/none` }), {
    code: "DATABASE_FAILED",
    message: `Cannot open the database "${data}/none/server.db": unable to open database file`,
    hint: "Look at the modes of the data folder, and whether another program has the file open",
  })
  writeFileSync(join(data, "server.db"), "no database, but a text of some length".repeat(100))
  await assert.rejects(openServerDatabase({ data }), {
    code: "DATABASE_FAILED",
    message: `Cannot open the database "${data}/server.db": file is not a database`,
  })
})
