import type { Entry } from "../entry.ts"

/** Gears and jobs by name, the inputs and outputs of a job, and its life. */
export const JOB_CODES = {
  GEAR_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "No gear has this name or id" },
  GEAR_AMBIGUOUS: { fault: "user", retry: "never", http: 409, title: "Several gears have this name or id" },
  GEAR_EXISTS: { fault: "user", retry: "never", http: 409, title: "Another gear has this name and version" },
  JOB_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "No job has this id" },
  JOB_AMBIGUOUS: { fault: "user", retry: "never", http: 409, title: "Several jobs have an id that begins so" },
  JOB_NOT_ENDED: { fault: "user", retry: "later", http: 409, title: "The job still runs" },
  JOB_NOT_REPLAYABLE: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "The job cannot be run again from its record",
  },
  INPUT_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no file where the input should be" },
  INPUT_NOT_A_FILE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The input is something else than a regular file",
  },
  INPUT_UNREADABLE: { fault: "user", retry: "never", http: 403, title: "The input file may not be read" },
  INPUT_CHANGED: { fault: "user", retry: "later", http: 409, title: "The input file changed while it was read" },
  INPUT_DIGEST_MISMATCH: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "The file is not the one that the record names",
  },
  INPUT_NAME_UNSAFE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The name of an input cannot be the name of a folder",
  },
  OUTPUT_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "No recorded job put out this file" },
  OUTPUT_AMBIGUOUS: { fault: "user", retry: "never", http: 409, title: "Several outputs could be meant" },
  OUTPUT_EXISTS: { fault: "user", retry: "never", http: 409, title: "A file would be overwritten" },
  OUTPUT_FOLDER_UNUSABLE: {
    fault: "user",
    retry: "never",
    http: 409,
    title: "Outputs cannot be written to this folder",
  },
} as const satisfies Record<string, Entry>
