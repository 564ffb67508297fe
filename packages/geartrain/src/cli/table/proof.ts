import type { CommandGroup } from "../command.ts"

export const PROOF: CommandGroup = {
  title: "Proof",
  rows: [
    {
      name: "verify",
      summary: "Run a job, or all of a paper bundle, again in a fresh place, and compare every output",
      load: async () => (await import("../commands/jobs/verify.ts")).verifyCommand,
    },
    {
      name: "replay",
      summary: "Run a job again from its record alone",
      load: async () => (await import("../commands/jobs/replay.ts")).replayCommand,
    },
    {
      name: "restore",
      summary: "Make outputs again whose bytes are gone, and check every one",
      load: async () => (await import("../commands/proof/restore.ts")).restoreCommand,
    },
    {
      name: "debug",
      summary: "Open a shell in the state that a job ended in",
      load: async () => (await import("../commands/jobs/debug.ts")).debugCommand,
    },
    {
      name: "diff",
      summary: "Show what differs between two jobs, two gears or two files",
      load: async () => (await import("../commands/things/diff.ts")).diffCommand,
    },
    {
      name: "explain",
      summary: "Find out by experiments why two runs differ",
      load: async () => (await import("../commands/proof/explain.ts")).explainCommand,
    },
    {
      name: "trace",
      summary: "Run a job again, watched, and tell what it read, wrote, executed and tried to reach",
      load: async () => (await import("../commands/proof/trace.ts")).traceCommand,
    },
    {
      name: "prove",
      summary: "Run a job or a gear under every provider, and show all digests side by side",
      load: async () => (await import("../commands/proof/prove.ts")).proveCommand,
    },
    {
      name: "probe",
      summary: "Find out whether a gear answers the same again, and keep a signed badge that says so",
      load: async () => (await import("../commands/proof/probe.ts")).probeCommand,
    },
    {
      name: "whence",
      summary: "Tell which job made a file, from what, and what was made from it",
      load: async () => (await import("../commands/proof/whence.ts")).whenceCommand,
    },
    {
      name: "provenance",
      summary: "Write out jobs as an RO-Crate, or in the words of W3C PROV",
      load: async () => (await import("../commands/proof/provenance.ts")).provenanceCommand,
    },
    {
      name: "bundle",
      summary: "Pack jobs with all that it takes to get their results again, for the reader of a paper",
      load: async () => (await import("../commands/proof/bundle.ts")).bundleCommand,
    },
    {
      name: "cite",
      summary: "Write the paragraph and the reference for a paper",
      load: async () => (await import("../commands/proof/cite.ts")).citeCommand,
    },
  ],
}
