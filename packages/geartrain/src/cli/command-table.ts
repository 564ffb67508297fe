import type { CommandGroup, CommandRow } from "./command.ts"

/** All commands, in the order of the help: what people do first, first. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    title: "Gears",
    rows: [
      {
        name: "build",
        summary: "Make a gear from a recipe, a Dockerfile or a folder",
        load: async () => (await import("./commands/gears/build.ts")).buildCommand,
      },
      {
        name: "test",
        summary: "Run a gear's own examples, and check what comes of them",
        load: async () => (await import("./commands/gears/test.ts")).testCommand,
      },
      {
        name: "import",
        summary: "Take a gear in from a tar, an archive, a folder or a registry",
        load: async () => (await import("./commands/gears/import.ts")).importCommand,
      },
      {
        name: "pull",
        summary: "Take a gear in from a registry",
        load: async () => (await import("./commands/gears/pull.ts")).pullCommand,
      },
      {
        name: "init",
        summary: "Begin a gear: a manifest, a program and a recipe that run at once",
        load: async () => (await import("./commands/gears/init.ts")).initCommand,
      },
      {
        name: "lint",
        summary: "Find what is wrong with a manifest or an image, before it is run",
        load: async () => (await import("./commands/gears/lint.ts")).lintCommand,
      },
      {
        name: "ls",
        summary: "List the gears that are stored",
        load: async () => (await import("./commands/gears/ls.ts")).lsCommand,
      },
    ],
  },
  {
    title: "Jobs",
    rows: [
      {
        name: "run",
        summary: "Run a gear, and record everything about it",
        load: async () => (await import("./commands/jobs/run.ts")).runCommand,
      },
      {
        name: "ps",
        summary: "List the jobs that run now",
        load: async () => (await import("./commands/jobs/ps.ts")).psCommand,
      },
      {
        name: "jobs",
        summary: "List the jobs, newest first",
        load: async () => (await import("./commands/jobs/jobs.ts")).jobsCommand,
      },
      {
        name: "logs",
        summary: "Print what a job wrote to stdout and stderr",
        load: async () => (await import("./commands/jobs/logs.ts")).logsCommand,
      },
      {
        name: "metadata",
        summary: "Show what a job says of its project and files, and apply it",
        load: async () => (await import("./commands/jobs/metadata.ts")).metadataCommand,
      },
      {
        name: "cancel",
        summary: "Stop a job that runs",
        load: async () => (await import("./commands/jobs/cancel.ts")).cancelCommand,
      },
    ],
  },
  {
    title: "Proof",
    rows: [
      {
        name: "verify",
        summary: "Run a job again in a fresh place, and compare every output",
        load: async () => (await import("./commands/jobs/verify.ts")).verifyCommand,
      },
      {
        name: "replay",
        summary: "Run a job again from its record alone",
        load: async () => (await import("./commands/jobs/replay.ts")).replayCommand,
      },
      {
        name: "debug",
        summary: "Open a shell in the state that a job ended in",
        load: async () => (await import("./commands/jobs/debug.ts")).debugCommand,
      },
      {
        name: "diff",
        summary: "Show what differs between two jobs, two gears or two files",
        load: async () => (await import("./commands/things/diff.ts")).diffCommand,
      },
      {
        name: "prove",
        summary: "Run a job again under every provider, and show all digests side by side",
        load: async () => (await import("./commands/proof/prove.ts")).proveCommand,
      },
      {
        name: "whence",
        summary: "Tell which job made a file, from what, and what was made from it",
        load: async () => (await import("./commands/proof/whence.ts")).whenceCommand,
      },
      {
        name: "provenance",
        summary: "Write out jobs as an RO-Crate, or in the words of W3C PROV",
        load: async () => (await import("./commands/proof/provenance.ts")).provenanceCommand,
      },
      {
        name: "cite",
        summary: "Write the paragraph and the reference for a paper",
        load: async () => (await import("./commands/proof/cite.ts")).citeCommand,
      },
    ],
  },
  {
    title: "Gears and jobs",
    rows: [
      {
        name: "show",
        summary: "Tell all about a gear or a job",
        load: async () => (await import("./commands/things/show.ts")).showCommand,
      },
      {
        name: "export",
        summary: "Write out a gear as a tar, an archive or a folder, or the outputs of a job",
        load: async () => (await import("./commands/things/export.ts")).exportCommand,
      },
      {
        name: "rm",
        summary: "Forget gears or jobs",
        load: async () => (await import("./commands/things/rm.ts")).rmCommand,
      },
    ],
  },
  {
    title: "Catalogue",
    rows: [
      {
        name: "search",
        summary: "List the gears of a catalogue",
        load: async () => (await import("./commands/catalogue/search.ts")).searchCommand,
      },
      {
        name: "install",
        summary: "Take a gear in from a catalogue, and check who signed it",
        load: async () => (await import("./commands/catalogue/install.ts")).installCommand,
      },
      {
        name: "publish",
        summary: "Put a gear into a catalogue, and sign it",
        load: async () => (await import("./commands/catalogue/publish.ts")).publishCommand,
      },
      {
        name: "tag",
        summary: "Give a published version another name, such as stable",
        load: async () => (await import("./commands/catalogue/tag.ts")).tagCommand,
      },
      {
        name: "deprecate",
        summary: "Say that a published version should not be used any more",
        load: async () => (await import("./commands/catalogue/deprecate.ts")).deprecateCommand,
      },
      {
        name: "key new",
        summary: "Make a key to sign gears with",
        load: async () => (await import("./commands/catalogue/key-new.ts")).keyNewCommand,
      },
      {
        name: "key list",
        summary: "List your own keys, and those that you trust",
        load: async () => (await import("./commands/catalogue/key-list.ts")).keyListCommand,
      },
      {
        name: "key trust",
        summary: "Let in only gears that a key has signed",
        load: async () => (await import("./commands/catalogue/key-trust.ts")).keyTrustCommand,
      },
      {
        name: "key distrust",
        summary: "Take that back",
        load: async () => (await import("./commands/catalogue/key-distrust.ts")).keyDistrustCommand,
      },
    ],
  },
  {
    title: "House-keeping",
    rows: [
      {
        name: "doctor",
        summary: "Tell what works on this machine, and how to mend what does not",
        load: async () => (await import("./commands/machine/doctor.ts")).doctorCommand,
      },
      {
        name: "store fsck",
        summary: "Read every stored byte, and tell what is damaged",
        load: async () => (await import("./commands/machine/store-fsck.ts")).storeFsckCommand,
      },
      {
        name: "store gc",
        summary: "Remove the bytes that no gear and no job refers to",
        load: async () => (await import("./commands/machine/store-gc.ts")).storeGcCommand,
      },
      {
        name: "store du",
        summary: "Tell how much room is used, and by what",
        load: async () => (await import("./commands/machine/store-du.ts")).storeDuCommand,
      },
      {
        name: "schema",
        summary: "Print the JSON Schema of a document",
        load: async () => (await import("./commands/machine/schema.ts")).schemaCommand,
      },
      {
        name: "completion",
        summary: "Print a script that completes words in a shell",
        load: async () => (await import("./commands/machine/completion.ts")).completionCommand,
      },
      {
        name: "version",
        summary: "Print the version",
        load: async () => (await import("./commands/machine/version.ts")).versionCommand,
      },
      {
        name: "help",
        summary: "Explain a command, or a topic",
        load: async () => (await import("./commands/machine/help.ts")).helpCommand,
      },
    ],
  },
]

/** Commands that people do not type, and lists do not show. */
export const HIDDEN_ROWS: readonly CommandRow[] = [
  {
    name: "__complete",
    summary: "Offer words to a shell",
    load: async () => (await import("./commands/machine/complete.ts")).completeCommand,
  },
]

/** Words that people bring along from docker, git and Flywheel's tools, and what they are called here. They work, with a hint. */
export const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  local: "run",
  exec: "run",
  images: "ls",
  list: "ls",
  gears: "ls",
  inspect: "show",
  info: "show",
  load: "import",
  save: "export",
  rmi: "rm",
  remove: "rm",
  history: "jobs",
  log: "logs",
  stop: "cancel",
  kill: "cancel",
  rerun: "replay",
  reproduce: "verify",
  shell: "debug",
  compare: "diff",
  fsck: "store fsck",
  gc: "store gc",
  prune: "store gc",
  create: "init",
  new: "init",
  validate: "lint",
  check: "lint",
  push: "publish",
  upload: "publish",
  find: "search",
  keys: "key list",
  du: "store du",
  df: "store du",
}

export function findRow(name: string): CommandRow | undefined {
  return allRows().find((row) => row.name === name) ?? HIDDEN_ROWS.find((row) => row.name === name)
}

export function allRows(): readonly CommandRow[] {
  return COMMAND_GROUPS.flatMap((group) => group.rows)
}
