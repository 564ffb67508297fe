import { type Gear, hexOf, type JobRecord } from "@geartrain/spec"
import type { PackedPiece } from "../../../packing/tar/packed-piece.ts"
import { citeJob } from "../../../provenance/citation/cite-job.ts"
import { CRATE_FILE } from "../../../provenance/ro-crate/crate.ts"
import type { CrateDescription } from "../../../provenance/ro-crate/crate-root.ts"
import { crateTitle, jobCrate } from "../../../provenance/ro-crate/job-crate.ts"
import { sha256 } from "../../../system/hash.ts"
import type { ListedGear, MemberRole } from "../format/bundle-index.ts"
import { bundlePage } from "../page/bundle-page.ts"
import { type BundleContents, once } from "./pack-bundle.ts"
import { FilePlanner, type FoundBytes, type NamedBytes, type PlannedFiles, type PlannedMember } from "./plan-files.ts"
import { withoutPlaces } from "./private-places.ts"

/** What a bundle is made of. */
export interface BundleMaterial {
  readonly records: readonly JobRecord[]
  /** The gears of all records, by id. */
  readonly gears: ReadonlyMap<string, Gear>
  /** The root filesystem of a gear, as one flat tar in its canonical form, in whatever pieces it is packed already. */
  readonly root: (gear: Gear) => AsyncIterable<PackedPiece>
  readonly find: (wanted: NamedBytes) => Promise<FoundBytes>
  readonly description: Omit<CrateDescription, "published">
}

/** Plans a bundle: every member in its order, with all documents written. The same material gives the same plan, whenever and wherever. */
export async function planBundle(material: BundleMaterial): Promise<BundleContents> {
  const records = inOrder(material.records.map(withoutPlaces))
  const planner = new FilePlanner(material.find)
  const files: PlannedFiles[] = []
  for (const record of records) files.push(await planner.plan(record))
  const gears = [...material.gears.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(listGear)
  const standIns = files.flatMap((job) => job.standIns)
  const title = material.description.name ?? crateTitle(records)
  const citations = records.flatMap((record) => {
    const gear = material.gears.get(record.gear.id)
    return gear === undefined ? [] : [citeJob(record, gear)]
  })
  const methods = `${citations.map((citation) => citation.methods).join("\n\n")}\n`
  const documents = [
    { path: "citation.txt", says: "these paragraphs" },
    { path: "citation.bib", says: "the gears, in BibTeX" },
    { path: CRATE_FILE, says: "all of this as an RO-Crate, for programs" },
  ]
  const page = bundlePage({ title, files, gears, standIns, methods, documents })
  const bibtex = [...new Set(citations.map((citation) => citation.bibtex))].join("\n")
  const crate = jobCrate(files.map(crated), material.gears, { ...material.description, published: lastEnd(records) })
  return {
    title,
    gears: gears.map(({ gear: _, ...listed }) => listed),
    jobs: files.map(({ record, recordPath }) => ({ id: record.id, record: recordPath })),
    standIns,
    members: [
      ...gears.flatMap((listed): readonly PlannedMember[] => [
        textMember(listed.document, "gear", json(gearDocument(listed.gear))),
        { path: listed.root, role: "root", openPacked: () => material.root(listed.gear) },
      ]),
      ...files.flatMap((job) => [textMember(job.recordPath, "record", json(job.record)), ...job.members]),
      textMember("citation.txt", "citation", methods),
      textMember("citation.bib", "citation", bibtex),
      textMember(CRATE_FILE, "crate", json(crate)),
      textMember("index.html", "page", page),
    ],
  }
}

function inOrder(records: readonly JobRecord[]): readonly JobRecord[] {
  const once = [...new Map(records.map((record) => [record.id, record])).values()]
  return once.toSorted((a, b) => (`${a.created} ${a.id}` < `${b.created} ${b.id}` ? -1 : 1))
}

function listGear(gear: Gear): ListedGear & { readonly gear: Gear } {
  const home = `gears/${hexOf(gear.id)}`
  const { name, version } = gear.manifest
  return { id: gear.id, name, version, document: `${home}/gear.json`, root: `${home}/root.tar`, gear }
}

/** What the id is made of, and no word of when or from where it was imported. */
function gearDocument({ id, platform, tree, manifest }: Gear): object {
  return { id, platform, tree, manifest }
}

function crated({ record, recordPath, paths }: PlannedFiles) {
  const logPath = paths.log.get("log")
  return {
    record,
    recordPath,
    inputPaths: paths.input,
    outputPaths: paths.output,
    ...(logPath === undefined ? {} : { logPath }),
  }
}

/** No clock is asked, so that the same jobs make the same bundle on any day. */
function lastEnd(records: readonly JobRecord[]): string {
  return (
    records
      .map((record) => record.ended ?? record.created)
      .toSorted()
      .at(-1) ?? ""
  )
}

function textMember(path: string, role: MemberRole, text: string): PlannedMember {
  const bytes = Buffer.from(text)
  return {
    path,
    role,
    open: () => once(bytes),
    expected: { sizeBytes: bytes.length, digest: sha256(bytes) },
    changed: (problem) => new TypeError(`"${path}": ${problem}`),
  }
}

function json(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}
