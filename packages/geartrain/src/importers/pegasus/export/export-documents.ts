import type { JsonObject } from "@geartrain/spec"
import { stringify } from "yaml"
import { namer } from "../convert/convert-names.ts"
import { hexOf, type PegasusJobs } from "./export-jobs.ts"

const FORMAT = "5.0"

/** What lies where, as absolute paths of this machine. */
export interface ExportPlaces {
  readonly folder: string
  /** Packed gears, by their logical name. */
  readonly gears: ReadonlyMap<string, string>
  /** Of a file that is known, where its bytes are. */
  readonly pathOf: (lfn: string) => string
}

/** The workflow and its three catalogs, as Pegasus looks for them in the folder in which it is started. */
export function exportDocuments(
  name: string,
  { jobs, dependencies, files, texts, properties }: PegasusJobs,
  { folder, gears, pathOf }: ExportPlaces,
): Readonly<Record<string, string>> {
  const replica = (lfn: string, path: string): JsonObject => ({
    lfn,
    pfns: [{ site: "local", pfn: `file://${encodeURI(path)}` }],
  })
  const replicas = [
    ...[...gears].map(([lfn, path]) => replica(lfn, path)),
    ...[...texts.keys()].map((lfn) => replica(lfn, `${folder}/${lfn}`)),
    ...[...files].map(([lfn, file]) => ({ ...replica(lfn, pathOf(lfn)), checksum: { sha256: hexOf(file.digest) } })),
  ]
  const directory = (type: string, path: string): JsonObject => ({
    type,
    path,
    fileServers: [{ url: `file://${encodeURI(path)}`, operation: "all" }],
  })
  const documents: Readonly<Record<string, JsonObject>> = {
    "workflow.yml": {
      pegasus: FORMAT,
      name: namer("_-", { most: 100 })(name),
      jobs,
      ...(dependencies.length === 0 ? {} : { jobDependencies: dependencies }),
    },
    "replicas.yml": { pegasus: FORMAT, replicas },
    "transformations.yml": {
      pegasus: FORMAT,
      transformations: [{ name: "gear", sites: [{ name: "condorpool", pfn: "/usr/bin/gear", type: "installed" }] }],
    },
    "sites.yml": {
      pegasus: FORMAT,
      sites: [
        {
          name: "local",
          directories: [
            directory("sharedScratch", `${folder}/scratch`),
            directory("localStorage", `${folder}/outputs`),
          ],
        },
        { name: "condorpool", profiles: { condor: { universe: "vanilla" }, pegasus: { style: "condor" } } },
      ],
    },
  }
  const written = Object.entries(documents).map(
    ([file, document]) => [file, stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 })] as const,
  )
  return Object.fromEntries([
    ...written,
    ...(properties.length === 0 ? [] : [["pegasus.properties", `${properties.join("\n")}\n`] as const]),
  ])
}
