import type { Entry } from "../entry.ts"

/** Workflows: the document, plans of it, runs, and pipelines. */
export const WORKFLOW_CODES = {
  WORKFLOW_INVALID: { fault: "user", retry: "never", http: 422, title: "The workflow cannot be followed" },
  WORKFLOW_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no such workflow or plan" },
  WORKFLOW_PARAMETERS_INVALID: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The parameters given to the workflow do not fit",
  },
  WORKFLOW_INPUTS_INVALID: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The files given to the workflow are not those that it takes",
  },
  GLOB_INVALID: { fault: "user", retry: "never", http: 422, title: "The pattern of paths is none" },
  GLOB_TOO_COSTLY: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "Matching the pattern of paths takes more than is allowed",
  },
  WORKFLOW_FILES_UNFIT: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "A step reads another number of files than its input takes",
  },
  WORKFLOW_INPUT_CHANGED: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "A file is no longer what the plan was made of",
  },
  WORKFLOW_BYTES_GONE: {
    fault: "user",
    retry: "never",
    http: 404,
    title: "A file that the workflow needs is stored no more, and no job of it makes it",
  },
  WORKFLOW_TOO_LARGE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The workflow comes to more jobs than a plan may have",
  },
  WORKFLOW_PLAN_INVALID: { fault: "user", retry: "never", http: 422, title: "The plan cannot be carried out" },
  WORKFLOW_RUN_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "No run of a workflow has this id" },
  WORKFLOW_RUN_AMBIGUOUS: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "Several runs of workflows have ids that begin so",
  },
  WORKFLOW_RUN_BUSY: { fault: "user", retry: "later", http: 409, title: "Another process is running this run" },
  WORKFLOW_RUN_DAMAGED: {
    fault: "platform",
    retry: "never",
    http: 500,
    title: "The files of a run are not those that were written",
  },
  WORKFLOW_REQUEST_UNREADABLE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "Somebody asks something of a run, and it cannot be read what",
  },
  PIPELINE_INVALID: { fault: "user", retry: "never", http: 422, title: "The pipeline cannot be followed" },
  PIPELINE_NOT_FOUND: {
    fault: "user",
    retry: "never",
    http: 404,
    title: "There is no such pipeline, or no such commit of it",
  },
  PIPELINE_FOLDER_UNFIT: { fault: "user", retry: "never", http: 422, title: "The folder cannot be committed" },
  PIPELINE_ARCHIVE_UNFIT: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The place of an archive cannot be committed",
  },
  PIPELINE_DATUM_UNFIT: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The gear cannot take the files of a datum",
  },
  PIPELINE_TOO_LARGE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "There are more files or datums than a pipeline may have",
  },
  PIPELINE_OUTPUTS_COLLIDE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "Two datums give an output of one path",
  },
  PIPELINE_RECORD_UNREADABLE: {
    fault: "platform",
    retry: "never",
    http: 500,
    title: "A commit of a pipeline cannot be read",
  },
} as const satisfies Record<string, Entry>
