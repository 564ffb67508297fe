import assert from "node:assert/strict"
import { test } from "node:test"
import { findRow } from "../command-table.ts"
import { buildCommand } from "./gears/build.ts"
import { importCommand } from "./gears/import.ts"
import { lsCommand } from "./gears/ls.ts"
import { pullCommand } from "./gears/pull.ts"
import { testCommand } from "./gears/test.ts"
import { cancelCommand } from "./jobs/cancel.ts"
import { debugCommand } from "./jobs/debug.ts"
import { jobsCommand } from "./jobs/jobs.ts"
import { logsCommand } from "./jobs/logs.ts"
import { psCommand } from "./jobs/ps.ts"
import { replayCommand } from "./jobs/replay.ts"
import { runCommand } from "./jobs/run.ts"
import { verifyCommand } from "./jobs/verify.ts"
import { completeCommand } from "./machine/complete.ts"
import { completionCommand } from "./machine/completion.ts"
import { doctorCommand } from "./machine/doctor.ts"
import { helpCommand } from "./machine/help.ts"
import { schemaCommand } from "./machine/schema.ts"
import { storeDuCommand } from "./machine/store-du.ts"
import { storeFsckCommand } from "./machine/store-fsck.ts"
import { storeGcCommand } from "./machine/store-gc.ts"
import { versionCommand } from "./machine/version.ts"
import { diffCommand } from "./things/diff.ts"
import { exportCommand } from "./things/export.ts"
import { rmCommand } from "./things/rm.ts"
import { showCommand } from "./things/show.ts"

const COMMANDS = [
  buildCommand,
  importCommand,
  lsCommand,
  pullCommand,
  testCommand,
  cancelCommand,
  debugCommand,
  jobsCommand,
  logsCommand,
  psCommand,
  replayCommand,
  runCommand,
  verifyCommand,
  completeCommand,
  completionCommand,
  doctorCommand,
  helpCommand,
  schemaCommand,
  storeDuCommand,
  storeFsckCommand,
  storeGcCommand,
  versionCommand,
  diffCommand,
  exportCommand,
  rmCommand,
  showCommand,
]

test("the table has every command under its own name, and loads it on use", async () => {
  for (const command of COMMANDS) assert.equal(await findRow(command.name)?.load(), command, command.name)
})

test("commands that run a gear are the ones whose exit code is the gear's", () => {
  const names = COMMANDS.filter((command) => command.exits === "gear").map((command) => command.name)
  assert.deepEqual(names.toSorted(), ["debug", "replay", "run"])
})

test("only gear run has flags of others", () => {
  assert.deepEqual(
    COMMANDS.filter((command) => command.foreignFlags === true),
    [runCommand],
  )
})
