import type { RecordStore } from "@geartrain/ports"
import { type Gear, type GearId, GeartrainError, isDigest } from "@geartrain/spec"
import { nowIso } from "../../../system/clock.ts"
import type { Connection } from "./connection.ts"
import type { Database } from "./database.ts"
import { checksum, decodeDocument, encodeDocument } from "./document.ts"
import { recordsDamaged } from "./sqlite-error.ts"

/** Gears and references in SQLite. */
export function gearRecords(database: Database): RecordStore {
  return {
    putGear: (gear) => database.write((connection) => putGear(connection, gear)),
    getGear: async (id) => {
      const row = await database.read((connection) => connection.prepare(GET_GEAR).get(id))
      return row === undefined ? undefined : readGear(row)
    },
    listGears: async () => {
      const rows = await database.read((connection) => connection.prepare(LIST_GEARS).all())
      return (rows ?? []).map(readGear)
    },
    removeGear: async (id) => {
      await database.write((connection) => connection.prepare("DELETE FROM gears WHERE id = ?").run(id))
    },
    setReference: (reference, id) => database.write((connection) => setReference(connection, reference, id)),
    listReferences: async () => {
      const rows = await database.read((connection) => connection.prepare(LIST_REFERENCES).all())
      return new Map((rows ?? []).map(readReference))
    },
    removeReference: async (reference) => {
      await database.write((connection) => connection.prepare(REMOVE_REFERENCE).run(reference))
    },
    findGears: async (reference) => {
      const rows = await database.read((connection) => findRows(connection, reference))
      return (rows ?? []).map(readGear)
    },
    newestGear: async (name) => {
      const row = await database.read((connection) => connection.prepare(NEWEST_GEAR).get(name))
      return row === undefined ? undefined : readGear(row)
    },
  }
}

/** Digits of an id that are too few to mean one gear are taken for a name alone. */
const LEAST_DIGITS = 8

const GET_GEAR = "SELECT id, document, checksum FROM gears WHERE id = ?"
const LIST_GEARS = "SELECT id, document, checksum FROM gears ORDER BY rowid"
const LIST_REFERENCES = "SELECT reference, gear, since, checksum FROM gear_references ORDER BY reference"
const REMOVE_REFERENCE = "DELETE FROM gear_references WHERE reference = ?"
const FIND_GEARS = `
  SELECT id, document, checksum FROM gears
  WHERE id IN (SELECT gear FROM gear_references WHERE reference = :reference) OR (id >= :first AND id < :last)
  ORDER BY rowid`
const NEWEST_GEAR = "SELECT id, document, checksum FROM gears WHERE name = ? ORDER BY imported DESC, rowid DESC LIMIT 1"

function putGear(connection: Connection, gear: Gear): void {
  const { text, checksum } = encodeDocument(gear)
  connection
    .prepare(
      `INSERT INTO gears (id, tree, document, checksum, name, imported) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    )
    .run(gear.id, gear.tree, text, checksum, gear.manifest.name, gear.imported)
}

function setReference(connection: Connection, reference: string, id: GearId): GearId | undefined {
  if (connection.prepare(GET_GEAR).get(id) === undefined) {
    throw new GeartrainError("GEAR_NOT_FOUND", `Cannot point "${reference}" to gear "${id}": there is no such gear`, {
      details: { reference, id },
      hint: "List all gears: gear ls",
    })
  }
  const before = connection.prepare("SELECT gear FROM gear_references WHERE reference = ?").get(reference)?.["gear"]
  const since = nowIso()
  connection
    .prepare(
      `INSERT INTO gear_references (reference, gear, since, checksum) VALUES (:reference, :id, :since, :checksum)
       ON CONFLICT (reference) DO UPDATE SET gear = :id, since = :since, checksum = :checksum WHERE gear <> :id`,
    )
    .run({ reference, id, since, checksum: referenceChecksum(reference, id, since) })
  return typeof before === "string" && isDigest(before) ? before : undefined
}

function findRows(connection: Connection, reference: string): readonly Row[] {
  const digits = /^(?:sha256:)?([0-9a-f]+)$/.exec(reference)?.[1] ?? ""
  // No id is between these two.
  const none = { first: "~", last: "~" }
  const range = digits.length < LEAST_DIGITS ? none : { first: `sha256:${digits}`, last: `sha256:${digits}g` }
  return connection.prepare(FIND_GEARS).all({ reference, ...range })
}

type Row = Readonly<Record<string, unknown>>

export function readGear(row: Row): Gear {
  const gear = decodeDocument<Gear>({ text: row["document"], checksum: row["checksum"] }, `gear "${row["id"]}"`)
  if (gear.id !== row["id"]) throw recordsDamaged(`read gear "${row["id"]}"`, "its record is that of another gear")
  return gear
}

export function readReference(row: Row): [string, GearId] {
  const { reference, gear, since, checksum: stored } = row
  const text = (value: unknown): string => (typeof value === "string" ? value : "")
  if (referenceChecksum(text(reference), text(gear), text(since)) !== stored || !isDigest(text(gear))) {
    throw recordsDamaged(`read reference "${reference}"`, "its record does not have the bytes that were stored")
  }
  return [text(reference), text(gear) as GearId]
}

function referenceChecksum(reference: string, gear: string, since: string): string {
  return checksum(JSON.stringify([reference, gear, since]))
}
