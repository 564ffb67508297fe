import { type Digest, GeartrainError, gearCommand, isDevelopmentVersion } from "@geartrain/spec"
import { readAdditions } from "@geartrain/spec/additions"
import type { Write } from "../../database/database.ts"
import type { GearRow } from "../../database/tables/gear-tables.ts"
import type { Caller } from "../../people/caller.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { type GearEntry, gearOf } from "./gear-entry.ts"

/**
 * Makes a gear of an image that is stored already. The server finds out itself which gear it is: it reads the image to its end, and checks the
 * manifest. The same gear again changes nothing. A name and version is one gear for ever, unless the version is one in development.
 *
 * @throws {GeartrainError} NOT_PERMITTED; BLOB_NOT_FOUND; IMAGE_… and MANIFEST_… for what is no gear; GEAR_EXISTS.
 */
export async function registerGear(
  ports: QueuePorts,
  caller: Caller,
  request: { readonly image: Digest; readonly category?: string },
): Promise<GearEntry> {
  await ports.access.needSiteAdmin(caller, "gear.register")
  const image = await ports.blobs.stat(request.image)
  if (image === undefined) {
    throw new GeartrainError("BLOB_NOT_FOUND", `Cannot register a gear: its image ${request.image} is not stored`, {
      hint: "Send it first: PUT /api/v1/gears/images/DIGEST",
    })
  }
  const gear = await ports.gearReader.read(ports.blobs.get(request.image))
  const { manifest } = gear
  // A gear that could never run is refused here, and not at its first job.
  gearCommand(manifest)
  readAdditions(manifest)
  const row: GearRow = {
    id: gear.id,
    name: manifest.name,
    version: manifest.version,
    label: manifest.label,
    category: request.category ?? categoryOf(manifest.custom),
    manifest: JSON.stringify(manifest),
    platform: gear.platform,
    tree: gear.tree,
    image_digest: image.digest,
    image_bytes: image.sizeBytes,
    state: "enabled",
    revision: 1,
    newest: 1,
    superseded_ms: null,
    created_ms: ports.now(),
    created_by: caller.user,
  }
  return ports.database.write((write) => insertGear(write, row))
}

async function insertGear(write: Write, row: GearRow): Promise<GearEntry> {
  const known = await write.sql.selectFrom("gears").selectAll().where("id", "=", row.id).executeTakeFirst()
  if (known !== undefined && known.superseded_ms === null) return gearOf(known)
  const other = await write.sql
    .selectFrom("gears")
    .select("id")
    .where("name", "=", row.name)
    .where("version", "=", row.version)
    .where("superseded_ms", "is", null)
    .executeTakeFirst()
  if (other !== undefined) {
    if (!isDevelopmentVersion(row.version)) throw gearExists(row, other.id)
    await write.sql.updateTable("gears").set({ superseded_ms: row.created_ms }).where("id", "=", other.id).execute()
  }
  await write.sql.updateTable("gears").set({ newest: 0 }).where("name", "=", row.name).execute()
  const { created_by: _, ...again } = row
  const saved = await write.sql
    .insertInto("gears")
    .values(row)
    // One that had been in development comes back.
    .onConflict((conflict) => conflict.column("id").doUpdateSet(again))
    .returningAll()
    .executeTakeFirstOrThrow()
  const { name, version } = row
  await write.event({ kind: "gear.registered", subject: row.id, byUser: row.created_by, data: { name, version } })
  return gearOf(saved)
}

function gearExists(row: GearRow, other: string): GeartrainError {
  return new GeartrainError(
    "GEAR_EXISTS",
    `Cannot register gear "${row.name}" ${row.version}: another gear has this name and version`,
    {
      details: { id: other },
      hint: "Give it another version, or one that ends in -dev while it is being made",
    },
  )
}

/** Flywheel's place for it: `custom.gear-builder.category`. */
function categoryOf(custom: unknown): string {
  const builder = memberOf(custom, "gear-builder")
  const category = memberOf(builder, "category")
  return typeof category === "string" && category !== "" ? category.slice(0, 100) : "utility"
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
