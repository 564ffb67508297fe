import type { Entry } from "../entry.ts"

/** Workflows and catalogs of other systems. */
export const IMPORT_CODES = {
  PEGASUS_DOCUMENT_INVALID: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "A document of Pegasus cannot be read",
  },
  PEGASUS_FILE_MISSING: {
    fault: "user",
    retry: "never",
    http: 404,
    title: "A file of a Pegasus workflow is not there",
  },
  PEGASUS_WORKFLOW_CYCLE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "Jobs of a Pegasus workflow wait for each other",
  },
  PEGASUS_CATALOG_INCOMPLETE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The catalogs of a Pegasus workflow lack what it needs",
  },
  PEGASUS_NOT_EXPORTABLE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "A workflow cannot be written as one of Pegasus",
  },
  PEGASUS_NOT_CONVERTIBLE: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "A workflow of Pegasus cannot be taken over",
  },
  PEGASUS_CHECKSUM_MISMATCH: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "A file is not the one that a catalog means",
  },
} as const satisfies Record<string, Entry>
