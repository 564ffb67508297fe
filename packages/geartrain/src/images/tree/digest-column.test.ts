import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { openScratchFile, type ScratchFile } from "../../system/linux/scratch-file.ts"
import { DigestColumn } from "./digest-column.ts"

const folder = mkdtempSync(join(tmpdir(), "geartrain-digests-"))
after(() => rmSync(folder, { recursive: true, force: true }))

/** More than are kept, and more pages of them than are held at a time. */
const ROWS = 200_000

function digestOf(row: number): Buffer {
  const digest = Buffer.alloc(32, row)
  digest.writeUInt32LE(row, 7)
  return digest
}

/** Every third row is that of a folder, and has none. */
function filled(openScratch?: () => ScratchFile): DigestColumn {
  const column = new DigestColumn(openScratch)
  for (let row = 0; row < ROWS; row++) if (row % 3 !== 0) column.set(row, digestOf(row))
  return column
}

test("digests are found again in any order, from memory and from the scratch file", () => {
  let opened = 0
  const scratch = openScratchFile(folder)
  const open = (): ScratchFile => {
    opened++
    return scratch
  }
  for (const column of [filled(), filled(open)]) {
    // Steps that are prime to the number of rows come by all of them.
    for (const step of [1, 7919]) {
      for (let count = 0, row = 0; count < ROWS; count++, row = (row + step) % ROWS) {
        if (row % 3 !== 0 && !column.get(row).equals(digestOf(row))) assert.fail(`row ${row} by ${step}`)
      }
    }
  }
  assert.equal(opened, 1)
  scratch.close()
})

test("few digests touch no disk", () => {
  const column = new DigestColumn(() => assert.fail("a scratch file was opened"))
  for (const row of [0, 20_000, 65_535]) column.set(row, digestOf(row))
  for (const row of [0, 20_000, 65_535]) assert.deepEqual(column.get(row), digestOf(row))
})

test("a row that has none, one that comes too late, and one whose file is closed are told, not made up", () => {
  assert.throws(() => new DigestColumn().get(3), RangeError)
  const scratch = openScratchFile(folder)
  const column = filled(() => scratch)
  assert.throws(() => column.set(80_000, digestOf(80_000)), RangeError)
  scratch.close()
  assert.throws(() => column.get(80_000), TypeError)
  assert.deepEqual(column.get(1), digestOf(1))
})

test("what a disk does not take stays in memory", () => {
  const full = (): never => {
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" })
  }
  const scratch = openScratchFile(folder)
  let blocks = 0
  const write: ScratchFile["write"] = (bytes, position) => {
    blocks++
    if (blocks > 3) full()
    scratch.write(bytes, position)
  }
  for (const column of [filled(full), filled(() => ({ ...scratch, write }))]) {
    for (let row = 0; row < ROWS; row++) {
      if (row % 3 !== 0 && !column.get(row).equals(digestOf(row))) assert.fail(`row ${row}`)
    }
  }
  assert.equal(blocks, 4, "the disk is not asked again")
  scratch.close()
})

test("a fault of the scratch file's own is no matter of the disk", () => {
  assert.throws(() => filled(() => assert.fail("broken")), assert.AssertionError)
})
