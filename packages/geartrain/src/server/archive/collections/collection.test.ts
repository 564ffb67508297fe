import assert from "node:assert/strict"
import { test } from "node:test"
import { archiveBench } from "../../../../test/server/archive/archive-bench.ts"
import { memoryDatabase } from "../../../../test/server/memory-database.ts"
import { changeCollection, createCollection } from "./change-collection.ts"
import { collectionOf, needCollection } from "./collection.ts"

test("a collection is for the members of its project, and nobody else can tell whether it is there", async (context) => {
  const { ports, writer, reader, stranger, project } = await archiveBench(context, await memoryDatabase(context))
  const made = await createCollection(ports, writer, { project, label: "Best", description: "of all" })
  const need = (who: typeof writer, right: "read" | "write", id = made.id) =>
    needCollection(ports, who, { id, right, action: "collection.read" })
  assert.deepEqual(collectionOf(await need(reader, "read")), made)
  assert.deepEqual([made.label, made.description, made.createdBy, made.revision], ["Best", "of all", "writer", 1])
  await assert.rejects(need(reader, "write"), { code: "NOT_PERMITTED" })
  const told = async (who: typeof writer, id?: string): Promise<string> => {
    const error = await need(who, "read", id).then(
      () => undefined,
      (reason: Error & { code?: string }) => reason,
    )
    assert.equal(error?.code, "COLLECTION_NOT_FOUND")
    return error?.message.replace(/"[^"]*"/, "") ?? ""
  }
  assert.equal(await told(stranger), await told(writer, "0".repeat(24)))
  await changeCollection(ports, writer, { id: made.id, isDeleted: true })
  assert.equal(await told(writer), await told(stranger))
})
