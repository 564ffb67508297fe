import { dirname, extname, isAbsolute, join } from "node:path"
import { existsSync, stat } from "../../../system/files.ts"
import type { AbstractWorkflow } from "../workflow/abstract-workflow.ts"
import { readWorkflow } from "../workflow/read-workflow.ts"
import { readPegasusDocument, readPegasusText } from "../yaml/pegasus-document.ts"
import { type Properties, readProperties } from "./properties.ts"
import { joinReplicas, NO_REPLICAS, type ReplicaCatalog, readReplicaCatalog } from "./replica-catalog.ts"
import { readReplicaFolder } from "./replica-folder.ts"
import { readReplicaText } from "./replica-text.ts"
import { readSiteCatalog, type SiteCatalog } from "./site-catalog.ts"
import {
  joinTransformations,
  NO_TRANSFORMATIONS,
  readTransformationCatalog,
  type TransformationCatalog,
} from "./transformation-catalog.ts"

/** A workflow with all that belongs to it. */
export interface PegasusInputs {
  readonly workflow: AbstractWorkflow
  readonly properties: Properties
  readonly replicas: ReplicaCatalog
  readonly transformations: TransformationCatalog
  readonly sites: SiteCatalog
  /** What was looked for and is not there, a sentence each. */
  readonly notes: readonly string[]
}

export interface LoadOptions {
  /** Catalogs, property files and folders of input files that are named by the user; of what kind each is, its content tells. */
  readonly catalogs?: readonly string[]
  /** A file of properties, from the folder of the workflow. Default: `pegasus.properties`, where it is there. */
  readonly properties?: string
  /** Properties that count before those of the file. */
  readonly defines?: Properties
  /** Folders whose files count as replicas. */
  readonly inputFolders?: readonly string[]
  /** Catalogs of a workflow around this one: they are believed where its own have nothing. */
  readonly behind?: Pick<PegasusInputs, "replicas" | "transformations" | "sites">
  /** Where a path that a property names lies on this machine. Default: as it is, or in the folder of the workflow. */
  readonly locate?: (path: string) => string
}

/**
 * Reads a workflow and finds its catalogs as Pegasus does: inlined ones, those that the properties name, and `sites.yml`,
 * `transformations.yml` and `replicas.yml` beside the workflow.
 *
 * @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID, PEGASUS_FILE_MISSING.
 */
export async function loadPegasusInputs(file: string, options: LoadOptions = {}): Promise<PegasusInputs> {
  const folder = dirname(file)
  const { behind } = options
  const locate = options.locate ?? ((path: string) => (isAbsolute(path) ? path : join(folder, path)))
  const workflow = readWorkflow(await readPegasusDocument(file))
  const given = await readGiven(options.catalogs ?? [])
  const properties = new Map([
    ...(await readPropertiesBeside(folder, locate, options)),
    ...given.properties,
    ...(options.defines ?? []),
  ])
  const notes: string[] = []
  const look = (kind: Kind): Promise<string | undefined> => findCatalog(kind, { folder, properties, locate, notes })
  const folders = await Promise.all((options.inputFolders ?? []).map((path) => readReplicaFolder(locate(path))))
  const found = {
    sites: await look("site"),
    transformations: await look("transformation"),
    replicas: await look("replica"),
  }
  return {
    workflow,
    properties,
    replicas: joinReplicas([
      ...given.replicas,
      ...(workflow.replicas === undefined ? [] : [workflow.replicas]),
      found.replicas === undefined ? NO_REPLICAS : await readReplicas(found.replicas),
      ...folders,
      ...(behind === undefined ? [] : [behind.replicas]),
    ]),
    transformations: joinTransformations([
      ...given.transformations,
      ...(workflow.transformations === undefined ? [] : [workflow.transformations]),
      found.transformations === undefined
        ? NO_TRANSFORMATIONS
        : readTransformationCatalog(await readPegasusDocument(found.transformations)),
      ...(behind === undefined ? [] : [behind.transformations]),
    ]),
    sites: new Map([
      ...(behind?.sites ?? []),
      ...(found.sites === undefined ? [] : readSiteCatalog(await readPegasusDocument(found.sites))),
      ...(workflow.sites ?? []),
      ...given.sites,
    ]),
    notes,
  }
}

type Kind = "site" | "transformation" | "replica"

const DEFAULT_FILES: Readonly<Record<Kind, string>> = {
  site: "sites.yml",
  transformation: "transformations.yml",
  replica: "replicas.yml",
}

interface Looking {
  readonly folder: string
  readonly properties: Properties
  readonly locate: (path: string) => string
  readonly notes: string[]
}

async function findCatalog(kind: Kind, { folder, properties, locate, notes }: Looking): Promise<string | undefined> {
  const named = properties.get(`pegasus.catalog.${kind}.file`) ?? properties.get(`pegasus.catalog.${kind}.directory`)
  if (named === undefined) {
    const beside = join(folder, DEFAULT_FILES[kind])
    return existsSync(beside) ? beside : undefined
  }
  const path = locate(named)
  if (existsSync(path)) return path
  notes.push(`The ${kind} catalog "${named}" that the properties name is not there`)
  return undefined
}

async function readPropertiesBeside(
  folder: string,
  locate: (path: string) => string,
  { properties }: LoadOptions,
): Promise<Properties> {
  const file = properties === undefined ? join(folder, "pegasus.properties") : locate(properties)
  if (properties === undefined && !existsSync(file)) return new Map()
  return readProperties(await readPegasusText(file), file)
}

async function readReplicas(path: string): Promise<ReplicaCatalog> {
  if ((await stat(path)).isDirectory()) return await readReplicaFolder(path)
  if (isYaml(path)) return readReplicaCatalog(await readPegasusDocument(path))
  return readReplicaText(await readPegasusText(path), path)
}

interface Given {
  readonly replicas: ReplicaCatalog[]
  readonly transformations: TransformationCatalog[]
  readonly sites: Map<string, SiteCatalog extends ReadonlyMap<string, infer Site> ? Site : never>
  readonly properties: Map<string, string>
}

async function readGiven(paths: readonly string[]): Promise<Given> {
  const given: Given = { replicas: [], transformations: [], sites: new Map(), properties: new Map() }
  for (const path of paths) {
    if (existsSync(path) && (await stat(path)).isDirectory()) given.replicas.push(await readReplicaFolder(path))
    else if (isYaml(path)) await readGivenYaml(path, given)
    else if (extname(path) === ".properties" || path.endsWith("pegasusrc")) {
      for (const [key, value] of readProperties(await readPegasusText(path), path)) given.properties.set(key, value)
    } else given.replicas.push(readReplicaText(await readPegasusText(path), path))
  }
  return given
}

/** One file may hold several catalogs. */
async function readGivenYaml(path: string, given: Given): Promise<void> {
  const document = await readPegasusDocument(path)
  const { value } = document
  const has = (key: string): boolean => typeof value === "object" && value !== null && Object.hasOwn(value, key)
  if (has("replicas")) given.replicas.push(readReplicaCatalog(document))
  if (has("transformations") || has("containers")) given.transformations.push(readTransformationCatalog(document))
  if (has("sites")) for (const [name, site] of readSiteCatalog(document)) given.sites.set(name, site)
}

function isYaml(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path)
}
