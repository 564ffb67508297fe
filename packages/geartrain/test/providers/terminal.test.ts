import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { after, test } from "node:test"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { makeBench, missingFor, OPENERS, plainBox, RUN_BOX, shell } from "./bench.ts"

const bench = makeBench()
after(() => bench.remove())

async function orderFor(provider: string, script: string): Promise<string> {
  const box = await plainBox(bench, { command: shell(script), streams: "terminal" })
  return JSON.stringify({ provider, afterwards: "wait", boxes: [box] })
}

for (const name of Object.keys(OPENERS)) {
  const skip = missingFor(name) ?? false

  test(`${name}: without a terminal the box has the caller's own files`, { skip }, async () => {
    const order = await orderFor(name, "read line; echo got $line; echo err >&2; test -t 0 || echo no terminal; exit 3")
    const ran = spawnSync(process.execPath, [RUN_BOX, order], { input: "a line\n", encoding: "utf8" })
    // The program's own line, that the box has started, may come in between.
    assert.match(ran.stdout, /^got a line\n.*^no terminal\n/ms)
    assert.match(ran.stderr, /^err\n/m)
    assert.match(ran.stdout, /"at":"ended".*"code":3,"stdout":"","stderr":""/)
  })

  const skipTerminal = skip || (findProgram("script") === undefined ? "needs script (package bsdutils)" : false)

  test(`${name}: on a terminal the box has one, of the same size, and gets what is typed`, {
    skip: skipTerminal,
  }, async () => {
    const order = await orderFor(
      name,
      "stty size; test -t 0 && test -t 1 && echo terminal; read line; echo got $line; exit 4",
    )
    const { printed } = await onTerminal(order, async (say) => say("typed\n"))
    assert.match(printed, /^37 91\r?$/m)
    assert.match(printed, /^terminal\r?$/m)
    assert.match(printed, /^got typed\r?$/m)
    assert.match(printed, /"at":"ended".*"code":4/)
  })

  test(`${name}: Ctrl-C ends what a shell runs, and neither the shell nor the program`, {
    skip: skipTerminal,
  }, async () => {
    const order = await orderFor(name, "exec sh -i")
    const { printed } = await onTerminal(order, async (say, hear) => {
      // Said by the command itself: before it is in the foreground, Ctrl-C would be for the shell.
      say("sh -c 'echo rea\"\"dy; sleep 987'; echo over\n")
      await hear("ready")
      say("\x03")
      say("exit 6\n")
    })
    assert.match(printed, /"at":"ended".*"code":6/)
  })

  // Bubblewrap itself shares the terminal with the box, and ends by Ctrl-C with all that it holds, as a plain command does.
  if (name === "bubblewrap") continue

  test(`${name}: Ctrl-C reaches a command that catches it`, { skip: skipTerminal }, async () => {
    const order = await orderFor(name, "trap 'echo caught; exit 6' INT; echo ready; while :; do sleep 0.1; done")
    const { printed } = await onTerminal(order, async (say, hear) => {
      await hear("ready")
      say("\x03")
    })
    assert.match(printed, /^(?:\^C)?caught\r?$/m)
    assert.match(printed, /"at":"ended".*"code":6/)
  })
}

type Talk = (say: (text: string) => void, hear: (text: string) => Promise<void>) => Promise<void>

/** Runs the program of `run-box.ts` on a terminal of 37 lines and 91 columns. */
async function onTerminal(order: string, talk: Talk): Promise<{ readonly printed: string }> {
  const command = `stty rows 37 cols 91; exec "$NODE" --no-warnings "$RUN_BOX" "$ORDER"`
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE: process.execPath, RUN_BOX, ORDER: order, SHELL: "/bin/sh" },
  })
  let printed = ""
  const waiting = new Set<() => void>()
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text
    for (const look of waiting) look()
  })
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()))
  const hear = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (printed.includes(text)) resolve()
      }
      waiting.add(look)
      look()
    })
  await Promise.race([talk((text) => void child.stdin.write(text), hear), closed])
  await closed
  return { printed }
}
