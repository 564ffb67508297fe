import assert from "node:assert/strict"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import { parsePegasusText } from "../yaml/pegasus-document.ts"
import { replicaFinder } from "./find-replica.ts"
import { loadPegasusInputs } from "./load-inputs.ts"
import { readProperties } from "./properties.ts"
import { compilePattern, readReplicaCatalog } from "./replica-catalog.ts"
import { readReplicaText } from "./replica-text.ts"
import { readTransformationCatalog } from "./transformation-catalog.ts"

let folder = ""
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "geartrain-pegasus-"))
})
after(() => rm(folder, { recursive: true }))

const invalid = (says: RegExp) => (error: unknown) =>
  isGeartrainError(error, "PEGASUS_DOCUMENT_INVALID") && says.test(error.message)

test("a replica catalog as text has names, places and attributes, in quotes or not", () => {
  const catalog = readReplicaText(
    '# comment\nf.a file:///d/f.a site="local"\n"f b" /d/f_b pool="isi" sha256="AB" kind="x y"\nf.a /e/f.a site="isi"\n',
    "rc.txt",
  )
  assert.deepEqual(catalog.files.get("f.a")?.pfns, [
    { site: "local", pfn: "file:///d/f.a" },
    { site: "isi", pfn: "/e/f.a" },
  ])
  assert.throws(() => readReplicaText("\nonly-a-name\n", "rc.txt"), invalid(/rc\.txt:2"/))
})

test("a pattern finds files that are not listed, and fills in what it caught", () => {
  const text =
    'replicas:\n- {lfn: "f\\\\.(.)", regex: true, pfns: [{site: local, pfn: "/d/[1]/[0]"}]}\n- {lfn: f.b, pfns: []}\n'
  const find = replicaFinder(readReplicaCatalog(parsePegasusText(text.replaceAll("\\\\", "\\\\"), "rc.yml")))
  assert.equal(find("f.a")?.pfns[0]?.pfn, "/d/a/f.a")
  assert.deepEqual(find("f.b")?.pfns, [])
  assert.equal(find("g.a"), undefined)
})

test("a pattern that could be matched for ever is none", () => {
  for (const pattern of ["(a+)+b", "(a|a)*", "x*y*z*a*b*", "("])
    assert.equal(compilePattern(pattern), undefined, pattern)
  assert.ok(compilePattern("f\\.[a-z]+_(\\d+)"))
})

test("a container that is not listed is told with the line", () => {
  const text = "transformations:\n- name: a\n  sites:\n  - {name: x, pfn: /a, container: box}\n"
  assert.throws(() => readTransformationCatalog(parsePegasusText(text, "tc.yml")), invalid(/tc\.yml:1.*"box"/))
})

test("programs have full names, images, checksums and programs that they start", () => {
  const text = `transformations:
- namespace: ns
  name: a
  version: 1.0
  requires: [b]
  checksum: {sha256: ABC}
  sites: [{name: local, pfn: /a, type: STAGEABLE, container: box}]
containers:
- {name: box, type: docker, image: "docker:///org/box:1", mounts: ["/x:/y:ro"], image.site: local}
`
  const { transformations, containers } = readTransformationCatalog(parsePegasusText(text, "tc.yml"))
  const program = transformations.get("ns::a:1.0")
  assert.deepEqual([program?.requires, program?.sha256, program?.sites[0]?.type], [["b"], "abc", "stageable"])
  assert.deepEqual(containers.get("box")?.mounts, ["/x:/y:ro"])
})

test("properties are read as Java reads them", () => {
  const read = readProperties("# c\n! c\na = b\nc:d\ne f\nlong = one,\\\n   two\nu = \\u00e9\\t.\nempty\n", "p")
  assert.deepEqual(
    [...read],
    [
      ["a", "b"],
      ["c", "d"],
      ["e", "f"],
      ["long", "one,two"],
      ["u", "é\t."],
      ["empty", ""],
    ],
  )
  assert.throws(() => readProperties("a = \\u00", "p"), invalid(/p:1"/))
})

test("catalogs are found inlined, by properties, by their usual names, and where the user says", async () => {
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)
  await mkdir(join(folder, "in"))
  await write("in/f.c", "")
  await write(
    "workflow.yml",
    "name: w\nreplicaCatalog: {replicas: [{lfn: f.a, pfns: [{site: local, pfn: /a}]}]}\njobs:\n- {type: job, name: p, id: A, arguments: [1, 1.5, x], uses: []}\n",
  )
  await write(
    "pegasus.properties",
    "pegasus.catalog.replica.file = named.txt\npegasus.catalog.site.file = missing.yml\n",
  )
  await write("named.txt", 'f.b /b site="local"\n')
  await write("transformations.yml", "transformations: [{name: p, sites: [{name: x, pfn: /p}]}]\n")
  await write("more.yml", "sites: [{name: here}]\nreplicas: [{lfn: f.d, pfns: []}]\n")
  const inputs = await loadPegasusInputs(join(folder, "workflow.yml"), {
    catalogs: [join(folder, "more.yml")],
    inputFolders: ["in"],
  })
  assert.deepEqual([...inputs.replicas.files.keys()].toSorted(), ["f.a", "f.b", "f.c", "f.d"])
  assert.deepEqual([...inputs.transformations.transformations.keys()], ["p"])
  assert.deepEqual([...inputs.sites.keys()], ["here"])
  assert.deepEqual(inputs.workflow.jobs[0]?.arguments, ["1", "1.5", "x"])
  assert.match(inputs.notes.join(), /missing\.yml/)
  await assert.rejects(loadPegasusInputs(join(folder, "nowhere.yml")), (error) =>
    isGeartrainError(error, "PEGASUS_FILE_MISSING"),
  )
})
