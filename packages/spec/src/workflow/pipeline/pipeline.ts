import type { WrittenResources } from "../../additions/gear-additions.ts"
import type { JsonObject } from "../../json/json-value.ts"

/**
 * One gear over folders whose content changes, as `pipeline.yaml` says it. What a folder holds is cut into datums; each is one job, and is done
 * again only when something that decides its outcome has changed.
 *
 * @see docs/spec/pipeline.md
 */
export interface Pipeline {
  /** Version of the format. */
  readonly pipeline: 1
  /** Letters, digits, `-`, `_` and `.`: what its output is known by to other pipelines. */
  readonly name: string
  readonly description?: string
  /** Reference, id, or a path that begins with `./` or `/`. */
  readonly gear: string
  readonly config?: JsonObject
  readonly input: PipelineInput
  /** Before the path of each output: a text with `${NAME}`, the path that was matched, and `${NAME.1}`, what its first group caught. */
  readonly place?: string
  readonly resources?: WrittenResources
  /** What the user grants. The gear gets it if its manifest asks for it, too. */
  readonly network?: "outbound"
  /** How often a datum is tried, the first time counted. Default 1. */
  readonly tries?: number
  /** Exit codes besides 0 that are no failure: what the gear wrote counts. */
  readonly acceptExitCodes?: readonly number[]
  /** What becomes of a datum that failed: `drop` leaves it out; a gear is given its files, and if that ends well, it is left out, too. */
  readonly recover?: "drop" | RecoverGear
  /** Part of every datum's key: another one has them all done again. */
  readonly salt?: string
  /** `every_job`: every datum is done in every run. Default `until_success`. */
  readonly reprocess?: "until_success" | "every_job"
  /** Datums at one time. Default: as many as the machine has CPUs for. */
  readonly parallel?: number
}

export interface RecoverGear {
  readonly gear: string
  readonly config?: JsonObject
}

/** A folder, or several put together. Just one of `folder`, `archive`, `pipeline`, `cross`, `union`, `join` and `group` is there. */
export interface PipelineInput {
  /** Path, from the folder of the document. */
  readonly folder?: string
  /** A place of a server's archive. */
  readonly archive?: ArchiveQuery
  /** The output of another pipeline, by its name. */
  readonly pipeline?: string
  /** Each with each, the last turning fastest. */
  readonly cross?: readonly PipelineInput[]
  /** One after the other. */
  readonly union?: readonly PipelineInput[]
  /** Those whose `joinOn` comes to the same. */
  readonly join?: readonly PipelineInput[]
  /** All whose `groupBy` comes to the same are one datum. */
  readonly group?: readonly PipelineInput[]
  /** What the folder is called here. Default: the last part of its path, or the name of the pipeline. */
  readonly name?: string
  /** The gear's input that takes its files. Default: that of this name. */
  readonly to?: string
  /** Each path that it fits, of a file or of a folder with all that is in it, is a datum. */
  readonly glob?: string
  /** A text with `$1`, `$2` … for what the groups of the glob caught. */
  readonly joinOn?: string
  /** In a join it is there also where the others have nothing. */
  readonly outerJoin?: boolean
  /** As `joinOn`, for a group. */
  readonly groupBy?: string
  /** The gear gets the names, and files with nothing in them. */
  readonly emptyFiles?: boolean
  /** That these files change is no reason to do a datum again. */
  readonly reference?: boolean
}

/** Files of a place of an archive and of all places below it, as they are when it is asked. Labels on the way to a file are the folders of its path. */
export interface ArchiveQuery {
  /** Path from the group on, `group/project` or deeper, or the id of a place. */
  readonly place: string
  /** Address of the server. Default: that of the environment, else of the last login. */
  readonly server?: string
  /** Only files of this type, such as `nifti`. */
  readonly type?: string
  /** Only files with this tag. */
  readonly tag?: string
  /** Only files of this modality. */
  readonly modality?: string
}
