import { resolve } from "node:path"
import type { RunnerSettings } from "../../../compose/runner/open-runner.ts"
import { parseCount, parseDuration, parseSize } from "../../../settings/parse-amount.ts"
import { nowIso } from "../../../system/clock.ts"
import { hostFacts } from "../../../system/host.ts"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command, Context, Given } from "../../command.ts"
import { watchInterrupts } from "../../run/interrupts.ts"
import { readToken } from "./read-token.ts"

/** Inputs are kept for the next job that wants them, up to here. */
const CACHE = "20g"
/** Gears are, too. */
const GEAR_CACHE = "100g"

export const runnerCommand: Command = {
  name: "runner",
  arguments: [],
  flags: {
    server: { type: "text", value: "URL", says: "Address of the server" },
    "token-file": {
      type: "text",
      value: "PATH",
      says: "File with the runner's token; - for the first line of standard input",
      complete: "file",
    },
    slots: { type: "text", value: "N", says: "Jobs to run at once. Default: one for each processor" },
    name: { type: "text", value: "NAME", says: "What the server calls this runner. Default: the machine's name" },
    label: {
      type: "text",
      value: "NAME=VALUE",
      many: true,
      says: "Say something of this machine that jobs can ask for",
    },
    work: {
      type: "text",
      value: "DIR",
      says: "Folder for gears, inputs and running jobs, of this runner alone. Default: runner in $GEARTRAIN_HOME",
      complete: "folder",
    },
    cache: { type: "text", value: "SIZE", says: `Bytes of inputs to keep for later jobs. Default: ${CACHE}` },
    "gear-cache": {
      type: "text",
      value: "SIZE",
      says: `Bytes of gears to keep for later jobs. Default: ${GEAR_CACHE}`,
    },
    blobs: {
      type: "text",
      value: "DIR",
      says: "Folder of the server's blobs, where it can be read here: inputs are then linked and not sent",
      complete: "folder",
    },
    provider: { type: "text", value: "NAME", says: "Provider to run gears with", complete: "provider" },
    once: { type: "switch", says: "Take jobs once, and end when they have ended" },
    "idle-exit": { type: "text", value: "TIME", says: "End after so long without a job, such as 10m" },
    "end-with-input": {
      type: "switch",
      says: "With --token-file -: end at once when standard input is closed, as by the end of the program that started this",
    },
  },
  examples: [
    {
      command: "gear runner --server https://gears.lab.example --token-file runner.token",
      says: "Run the server's jobs on this machine",
    },
    {
      command: "gear runner --server https://gears.lab.example --token-file runner.token --slots 4 --label gpu=a100",
      says: "Four at a time, and those that ask for this graphics card",
    },
    {
      command: "gear runner --server https://gears.lab.example --token-file runner.token --idle-exit 10m",
      says: "In a job of a cluster: give the node back when there is nothing to do",
    },
  ],
  notes: [
    "The runner asks the server and is never asked: nothing has to be open towards this machine. It may be killed at any time; what it had is run again, or told if it had ended.",
    "SIGTERM or Ctrl-C: it takes no more jobs, and ends when those that it has are finished. A second one: it kills them and gives them back.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const place = readPlace(context, given)
    const settings = readRunnerSettings(given)
    const { token, giverGone } = await readToken(place.tokenFile)
    const { openRunner } = await import("../../../compose/runner/open-runner.ts")
    const tell = teller(context)
    const interrupts = watchInterrupts(() => tell("ending: takes no more jobs, and finishes those that it has"))
    const end = given.has("end-with-input") ? giverGone : undefined
    const release = end === undefined ? interrupts.force : AbortSignal.any([interrupts.force, end])
    try {
      await openRunner({ ...place, token }, settings, {
        settings: context.settings(),
        signals: { drain: interrupts.signal, release },
        tell,
      })
      return {}
    } finally {
      interrupts.end()
    }
  },
}

function readPlace(context: Context, given: Given) {
  const server = given.text("server")
  if (server === undefined) throw missing("server", "the address of the server", "https://HOST")
  const url = URL.parse(server)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usage(runnerCommand, `Cannot read --server "${server}": it has to be an address such as https://HOST`)
  }
  const tokenFile = given.text("token-file")
  if (tokenFile === undefined) throw missing("token-file", "the file with the runner's token", "PATH")
  const blobs = given.text("blobs")
  return {
    ...{ server: url, tokenFile },
    workFolder: resolve(given.text("work") ?? `${context.settings().home}/runner`),
    nearBlobs: blobs === undefined ? undefined : resolve(blobs),
    provider: given.text("provider"),
  }
}

function missing(flag: string, what: string, value: string): Error {
  return usage(runnerCommand, `Cannot run gear runner: --${flag} is missing, ${what}`, {
    hint: `Add it: gear runner --${flag} ${value} …`,
  })
}

function readRunnerSettings(given: Given): RunnerSettings {
  const { name: host, cpus } = hostFacts()
  const slots = given.text("slots")
  const idle = given.text("idle-exit")
  return {
    name:
      given.text("name") ??
      host
        .replaceAll(/[^A-Za-z0-9._-]/g, "-")
        .replace(/^[^A-Za-z0-9]+/, "")
        .slice(0, 100),
    slots: slots === undefined ? cpus : parseCount(slots, "--slots", { whole: true }),
    labels: Object.fromEntries(given.list("label").map(readLabel)),
    cacheBytes: parseSize(given.text("cache") ?? CACHE, "--cache"),
    gearBytes: parseSize(given.text("gear-cache") ?? GEAR_CACHE, "--gear-cache"),
    ...(idle === undefined ? {} : { idleExitMs: parseDuration(idle, "--idle-exit") }),
    ...(given.has("once") ? { once: true } : {}),
  }
}

function readLabel(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z0-9][A-Za-z0-9._/-]{0,99})=(.{0,256})$/.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  throw usage(runnerCommand, `Cannot read --label "${text}": a label is written as NAME=VALUE`)
}

/** For a terminal and for a service's journal: a line each; with --json as data. */
function teller({
  reply,
  options,
}: Context): (line: string, facts?: Readonly<Record<string, string | number>>) => void {
  return (line, facts = {}) => {
    const time = nowIso()
    if (options.json) reply.item({ time, says: line, ...facts })
    else reply.say(`${time} ${line}`)
  }
}
