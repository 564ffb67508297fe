import assert from "node:assert/strict"
import { test } from "node:test"
import { file, means } from "../../../test/formats/sample-files.ts"
import { CSV, TSV } from "./table.ts"

function compare(a: string, b: string, format = CSV) {
  return format.compare(file("a", a), file("b", b), means())
}

test("a table is told by its name, as long as it is a text", () => {
  assert.ok(CSV.fits(Buffer.from("a,b"), "a.csv"))
  assert.ok(!CSV.fits(Buffer.from("a,b"), "a.tsv"))
  assert.ok(!CSV.fits(Buffer.from([0, 1]), "a.csv"))
  for (const name of ["a.tsv", "a.tab", "a.bed", "a.gff", "a.gff3", "a.gtf"])
    assert.ok(TSV.fits(Buffer.from("a"), name), name)
})

test("cells are told by row and title, those without a title by their column", async () => {
  const found = await compare("name,x\na,1\nb,2,old\n", "name,x\na,1\nb,3,new\n")
  assert.deepEqual(found.differences, [
    { place: "row 3, x", a: "2", b: "3" },
    { place: "row 3, column 3", a: "old", b: "new" },
  ])
  assert.equal(found.summary, "1 of 3 rows differ, in 2 cells; 1 of 1 numbers differ, by 1 at most (relative 0.3333)")
})

test("a cell that one row has not is told as such", async () => {
  const found = await compare("a\tb\n1\t2\n", "a\tb\n1\n", TSV)
  assert.deepEqual(found.differences, [{ place: "row 2, b", a: "2" }])
})

test("a number is the same however it is written; a text that looks nearly like one is not", async () => {
  const found = await compare("n\n1.50\n+2\n1e3\n.5\n", "n\n1.5\n 2\n1000\n0.5\n")
  assert.deepEqual([found.same, found.differences], [true, []])
  for (const [a, b] of [
    ["1,5", "1.5"],
    ["0x10", "16"],
    ["1e", "1"],
    ["", "0"],
    ["nan", "NaN"],
  ] as const)
    assert.equal((await compare(`n\t${a}\n`, `n\t${b}\n`, TSV)).same, false, `${a} and ${b}`)
})

test("whole numbers that no double holds, such as ids, are told apart by their last digit", async () => {
  const [one, other] = ["12345678901234567", "12345678901234568"]
  const found = await compare(`id\n${one}\n`, `id\n${other}\n`)
  assert.deepEqual(found.differences, [{ place: "row 2, id", a: one, b: other }])
  assert.equal((await compare(`id\n-${one}\n`, `id\n-${other}\n`)).same, false)
  assert.equal((await compare(`id\n${one}\n`, `id\n +000${one} \n`)).same, true)
  assert.equal((await compare("x\n1e20\n", "x\n100000000000000000000\n")).same, true)
  assert.equal((await compare("x\n-0\n", "x\n0\n")).same, true)
})

test("numbers beyond a double's largest are not all one", async () => {
  assert.equal((await compare("x\n1e400\n", "x\n1e500\n")).same, false)
  assert.equal((await compare("x\n1e400,1\n", "x\n1e400,1.0\n")).same, true)
})

test("rows that moved, came in or went are told as rows and not as cells", async () => {
  const moved = await compare("n\n1\n2\n", "n\n2\n1\n")
  assert.deepEqual([moved.same, moved.onlyOrder, moved.summary], [false, true, "the same 3 rows, in another order"])
  const longer = await compare("n\n1\n2\n", "n\n0\n1\n2\n")
  assert.equal(longer.summary, "rows: 1 only in B (of 3 and 4)")
  assert.deepEqual(longer.differences, [{ place: "row 2", b: "0" }])
  const both = await compare("n\n1\n2\n3\n", "n\n2\n1\n4\n")
  assert.equal(both.summary, "rows: 1 only in A, 1 only in B (of 4 and 4)")
})

test("the end of the last row counts", async () => {
  const found = await compare("n\n1\n", "n\n1")
  assert.deepEqual([found.same, found.summary], [false, "the same 2 rows; the last one ends otherwise"])
  assert.equal((await compare("", "")).summary, "the same 0 rows")
})
