import type { Entry } from "../entry.ts"

/** The command line and its settings. */
export const PROGRAM_CODES = {
  USAGE: { fault: "user", retry: "never", http: 400, title: "The command was not understood" },
  SETTINGS_INVALID: { fault: "user", retry: "never", http: 400, title: "A setting has a value that cannot be used" },
  TOPIC_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no help or schema of this name" },
  CONFIRMATION_NEEDED: { fault: "user", retry: "never", http: 409, title: "The command needs a yes that nobody gave" },
  INTERRUPTED: { fault: "user", retry: "never", http: 409, title: "The command was interrupted" },
  SECRET_UNREADABLE: { fault: "user", retry: "never", http: 400, title: "The file with the secret could not be read" },
  CONFIG_FILE_INVALID: {
    fault: "user",
    retry: "never",
    http: 422,
    title: "The config file is not one that a gear could have",
  },
  SYSTEM_REFUSED: { fault: "platform", retry: "later", http: 503, title: "The system refused what has to be done" },
  RECORD_FILE_INVALID: { fault: "user", retry: "never", http: 422, title: "The file is not the record of a job" },
  TERMINAL_NEEDED: { fault: "user", retry: "never", http: 409, title: "The command needs a terminal" },
} as const satisfies Record<string, Entry>
