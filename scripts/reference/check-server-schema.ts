/**
 * Holds the schema that all steps of the server's database make against the one that is written down, where a reader sees it as a whole and a
 * change of it in a diff.
 *
 *   node scripts/reference/check-server-schema.ts [--write]     --write takes what the steps make now
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { sql } from "kysely"
import { openSqlite } from "../../packages/geartrain/src/server/database/sqlite/open-sqlite.ts"
import { complain } from "../source/complain.ts"
import { TOP } from "../top.ts"

const FILE = "packages/geartrain/src/server/database/schema.sql"

const database = await openSqlite(":memory:")
const { rows } = await sql<{ sql: string }>`
  select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by tbl_name, type desc, name
`.execute(database.read)
await database.close()
const found = `${rows.map((row) => readable(row.sql)).join(";\n\n")};\n`
if (process.argv.includes("--write")) writeFileSync(join(TOP, FILE), found)
const written = readFileSync(join(TOP, FILE), "utf8")
complain(
  written === found
    ? []
    : [`${FILE} is not what the steps make; if that is meant: node scripts/reference/check-server-schema.ts --write`],
  `${rows.length} tables and indexes`,
)

/** One column a line. */
function readable(statement: string): string {
  if (!/^create table/i.test(statement)) return statement
  const open = statement.indexOf("(")
  const parts = topLevelParts(statement.slice(open + 1, statement.lastIndexOf(")")))
  return `${statement.slice(0, open)}(\n${parts.map((part) => `  ${part.trim()}`).join(",\n")}\n)`
}

/** The parts between commas that stand in no brackets. */
function topLevelParts(list: string): readonly string[] {
  const parts = [""]
  let depth = 0
  for (const letter of list) {
    if (letter === "(") depth++
    if (letter === ")") depth--
    if (letter === "," && depth === 0) parts.push("")
    else parts[parts.length - 1] += letter
  }
  return parts
}
