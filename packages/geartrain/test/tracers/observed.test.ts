import assert from "node:assert/strict"
import { after, test } from "node:test"
import type { Box, Provider, TraceEvent } from "@geartrain/ports"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { openStraceTracer } from "../../src/tracers/strace/index.ts"
import { makeBench, openAll, plainBox, runBox, shell } from "../providers/bench.ts"

const bench = makeBench()
const providers = await openAll(test, after)
after(() => bench.remove())
const skip = findProgram("strace") === undefined ? "needs strace" : false
const tracer = skip === false ? openStraceTracer() : undefined

/** A box that is traced, and how to read what was seen. */
async function traced(script: string, wish: Partial<Box> = {}) {
  assert.ok(tracer !== undefined)
  const folder = await bench.makeFolder()
  const { around } = await tracer.plan(folder)
  const events = async (): Promise<readonly TraceEvent[]> => {
    const seen: TraceEvent[] = []
    for await (const event of tracer.events(folder)) seen.push(event)
    return seen
  }
  return { box: await plainBox(bench, { command: shell(script), around, ...wish }), events }
}

async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  let text = ""
  for await (const piece of stream) {
    text += Buffer.from(piece).toString()
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n")) {
      yield text.slice(0, end)
      text = text.slice(end + 1)
    }
  }
}

function observe(provider: Provider, says: string, check: () => Promise<void>): void {
  test(`${provider.name}: ${says}`, { skip }, check)
}

for (const provider of providers) {
  observe(provider, "a gear that is traced sees nothing of it", async () => {
    const script = "echo $$; ls -d /proc/[0-9]*; grep TracerPid /proc/self/status; cat /proc/mounts | wc -l"
    const { box } = await traced(script)
    const { stdout } = await runBox(provider, box)
    assert.match(stdout, /^1\n\/proc\/1\n[\s\S]*TracerPid:\t0\n/)
    assert.equal(stdout, (await runBox(provider, await plainBox(bench, { command: shell(script) }))).stdout)
  })

  observe(provider, "a signal reaches a gear that is traced, and the gear ends as it likes", async () => {
    const { box, events } = await traced("trap 'echo caught; exit 4' TERM; echo ready; while :; do sleep 0.1; done")
    const container = await provider.start(box)
    try {
      const lines = linesOf(container.stdout)
      assert.equal((await lines.next()).value, "ready")
      await container.kill("SIGTERM")
      assert.equal((await container.wait()).code, 4)
      assert.equal((await lines.next()).value, "caught")
      assert.ok((await events()).some(({ action }) => action === "execute"))
    } finally {
      await container.delete()
    }
  })

  observe(provider, "a gear that is traced can be killed, and its record is whole up to there", async () => {
    const { box, events } = await traced("trap '' TERM; cat /etc/nothing; echo ready; sleep 100")
    const container = await provider.start(box)
    try {
      assert.equal((await linesOf(container.stdout).next()).value, "ready")
      await container.kill("SIGKILL")
      const { code, signal } = await container.wait()
      assert.deepEqual([code, signal], [137, "SIGKILL"])
    } finally {
      await container.delete()
    }
    assert.ok((await events()).some(({ subject }) => subject === "/etc/nothing"))
  })

  observe(provider, "what a gear leaves running ends with it, also when it is traced", async () => {
    const { box, events } = await traced("sleep 100 & echo started")
    const { exit, stdout } = await runBox(provider, box)
    assert.deepEqual([exit.code, stdout], [0, "started\n"])
    assert.notEqual((await events()).length, 0)
  })

  observe(provider, "limits of files and processes are the gear's, and not the tracer's", async () => {
    const script =
      "i=0; while [ $i -lt 200 ]; do [ -e /looked/for/$i ]; i=$((i+1)); done; head -c 9000 /dev/zero >/tmp/big; wc -c </tmp/big"
    const limits = provider.capabilities.limits.includes("processes") ? { processes: 8 } : {}
    const { box, events } = await traced(script, { fileBytes: 4096, ...limits })
    assert.equal((await runBox(provider, box)).stdout.trim(), "4096")
    const seen = await events()
    for (const number of [0, 100, 199]) assert.ok(seen.some(({ subject }) => subject === `/looked/for/${number}`))
  })

  observe(
    provider,
    "a program that is found on PATH, its script's interpreter and links are told by the names they were asked for",
    async () => {
      const script =
        "cd /tmp; printf '#!/bin/sh\\ncat ./data\\n' >run; chmod +x run; echo x >data; ln -s run link; ./link; ls -d ."
      const { box, events } = await traced(script)
      assert.match((await runBox(provider, box)).stdout, /^x\n/)
      const seen = (await events()).map(({ action, subject }) => `${action} ${subject}`)
      for (const wanted of [
        "execute /bin/sh",
        "write /tmp/data",
        "write /tmp/link",
        "execute /tmp/link",
        "read /tmp/data",
      ])
        assert.ok(seen.includes(wanted), wanted)
    },
  )
}
