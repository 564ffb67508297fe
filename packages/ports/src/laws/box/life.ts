import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import type { Law } from "../law.ts"
import { boxOf, listenTo, type ProviderBench, runBox, runShell, startReady, startShell } from "./bench.ts"

/** How a box begins and ends. */
export const boxLifeLaws: readonly Law<ProviderBench>[] = [
  {
    id: "exit/has-the-code",
    says: "the exit code is the command's",
    check: async (bench) => {
      for (const code of [0, 1, 3, 125, 255]) {
        const { exit } = await runShell(bench, `exit ${code}`)
        assert.deepEqual([exit.code, exit.outOfMemory, exit.outOfProcesses], [code, false, false])
      }
    },
  },
  {
    id: "exit/names-the-signal",
    says: "a signal that ended the command is named, and its code is 128 and the signal's number",
    check: async (bench) => {
      const { exit } = await runShell(bench, "exit 139")
      assert.deepEqual([exit.code, exit.signal], [139, "SIGSEGV"])
      assert.equal((await runShell(bench, "exit 3")).exit.signal, undefined)
    },
  },
  {
    id: "exit/no-such-command",
    says: "a command that is not there ends with 127, one that cannot be executed with 126",
    check: async (bench) => {
      const codeOf = async (command: string): Promise<number> => (await runBox(bench, { command: [command] })).exit.code
      assert.deepEqual(
        [await codeOf("/no/such"), await codeOf("no-such-command"), await codeOf("/etc/hosts")],
        [127, 127, 126],
      )
    },
  },
  {
    id: "usage/is-measured",
    says: "what the provider says it measures is there",
    when: ({ provider }) => provider.capabilities.measures !== "none",
    check: async (bench) => {
      const { usage } = (await runShell(bench, "head -c 1000000 /dev/zero >/dev/null; sleep 0.2")).exit
      assert.ok(usage.cpuMs !== undefined && usage.cpuMs >= 0, "cpuMs")
      assert.ok(usage.peakMemoryBytes !== undefined && usage.peakMemoryBytes > 0, "peakMemoryBytes")
    },
  },
  {
    id: "memory/is-that-of-the-moment",
    says: "a provider that measures tells what memory a box uses while it runs, and nothing once it has stopped",
    when: ({ provider }) => provider.capabilities.measures !== "none",
    check: async (bench) => {
      const container = await startShell(bench, "sleep 0.3; echo later; sleep 100")
      try {
        // By then, who samples has done it.
        await listenTo(container.stdout).hear("later")
        const bytes = container.memoryBytes?.()
        assert.ok(bytes !== undefined && bytes > 0, `${bytes} bytes`)
        await container.kill("SIGKILL")
        await container.wait()
        assert.equal(container.memoryBytes?.(), undefined)
      } finally {
        await container.delete()
      }
    },
  },
  {
    id: "state/tells-whether-it-runs",
    says: "a box is running until its end is known, and stopped then",
    check: async (bench) => {
      const container = await startShell(bench, "sleep 100")
      assert.equal(container.state(), "running")
      await container.kill("SIGKILL")
      await container.wait()
      assert.equal(container.state(), "stopped")
      await container.delete()
    },
  },
  {
    id: "wait/answers-always-the-same",
    says: "waiting can be done often, at once and after the end, with the same answer",
    check: async (bench) => {
      const container = await startShell(bench, "exit 6")
      const [first, second] = await Promise.all([container.wait(), container.wait()])
      assert.deepEqual([second, await container.wait()], [first, first])
      assert.equal(first.code, 6)
      await container.delete()
      assert.deepEqual(await container.wait(), first)
    },
  },
  {
    id: "kill/ends-a-plain-command",
    says: "SIGTERM and SIGINT end a command that does nothing about them",
    check: async (bench) => {
      for (const [signal, code] of [
        ["SIGTERM", 143],
        ["SIGINT", 130],
      ] as const) {
        const container = await bench.provider.start(await boxOf(bench, { command: ["sleep", "100"] }))
        await container.kill(signal)
        const exit = await container.wait()
        await container.delete()
        assert.deepEqual([exit.code, exit.signal], [code, signal])
      }
    },
  },
  {
    id: "kill/reaches-a-handler",
    says: "a command that catches SIGTERM is told, and ends as it likes",
    check: async (bench) => {
      const { container, output } = await startReady(
        bench,
        "trap 'echo caught; exit 5' TERM; echo ready; sleep 100 & wait",
      )
      await container.kill("SIGTERM")
      const exit = await container.wait()
      await container.delete()
      assert.deepEqual([exit.code, exit.signal, await output.all], [5, undefined, "ready\ncaught\n"])
    },
  },
  {
    id: "kill/cannot-be-ignored-for-ever",
    says: "a command that ignores SIGTERM goes on, and ends with SIGKILL",
    check: async (bench) => {
      const { container } = await startReady(bench, "trap '' TERM; echo ready; sleep 100")
      await container.kill("SIGTERM")
      await container.kill("SIGKILL")
      const exit = await container.wait()
      await container.delete()
      assert.deepEqual([exit.code, exit.signal], [137, "SIGKILL"])
    },
  },
  {
    id: "kill/leaves-no-process",
    says: "SIGKILL ends every process of the box, those too that hold its output open",
    check: async (bench) => {
      const { container, output } = await startReady(bench, "sleep 100 & sleep 100 & echo ready; sleep 100")
      await container.kill("SIGKILL")
      assert.equal((await container.wait()).code, 137)
      assert.equal(await output.all, "ready\n")
      await container.delete()
    },
  },
  {
    id: "kill/does-nothing-after-the-end",
    says: "killing a box that has ended changes nothing",
    check: async (bench) => {
      const container = await startShell(bench, "exit 7")
      await container.wait()
      await container.kill("SIGKILL")
      await container.kill("SIGTERM")
      assert.equal((await container.wait()).code, 7)
      await container.delete()
    },
  },
  {
    id: "end/takes-the-rest-along",
    says: "when the command ends, what it left running ends too, and so do the streams",
    check: async (bench) => {
      const { exit, stdout } = await runShell(bench, "sleep 100 & echo started; exit 2")
      assert.deepEqual([exit.code, stdout], [2, "started\n"])
    },
  },
  {
    id: "delete/ends-what-runs",
    says: "deleting a running box kills it, and may be done twice",
    check: async (bench) => {
      const container = await startShell(bench, "sleep 100")
      await Promise.all([container.delete(), container.delete()])
      await container.delete()
      assert.deepEqual([container.state(), (await container.wait()).signal], ["stopped", "SIGKILL"])
    },
  },
  {
    id: "warm-up/changes-nothing",
    says: "warming up may be done at any time, before the first box, beside another and after the end, and changes nothing",
    check: async (bench) => {
      const { provider } = bench
      provider.warmUp()
      provider.warmUp(bench.root)
      provider.warmUp({ form: "tree", path: "/no/such/root" })
      const first = runShell(bench, "exit 3")
      provider.warmUp()
      assert.equal((await first).exit.code, 3)
      await provider.close()
      provider.warmUp()
      const box = await boxOf(bench, {})
      await assert.rejects(provider.start(box), (error) => isGeartrainError(error, "PROVIDER_FAILED"))
    },
  },
  {
    id: "forget/only-lets-go",
    says: "what is kept of a root filesystem may be let go between boxes, and before and after all of them, and boxes run on it as before",
    check: async (bench) => {
      const { provider, root } = bench
      await provider.forget(root)
      const spares = `${await bench.makeFolder()}/spares`
      const codes: number[] = []
      for (const code of [1, 2, 3, 4]) {
        codes.push((await runShell(bench, `exit ${code}`, { spares })).exit.code)
        if (code % 2 === 0) await Promise.all([provider.forget(root), provider.forget(root)])
      }
      assert.deepEqual(codes, [1, 2, 3, 4])
      await provider.forget({ form: "tree", path: "/no/such/root" })
      await provider.close()
      await provider.forget(root)
    },
  },
  {
    id: "close/ends-all",
    says: "closing the provider ends its boxes, may be done twice, and nothing can be started afterwards",
    check: async (bench) => {
      const container = await startShell(bench, "sleep 100")
      await Promise.all([bench.provider.close(), bench.provider.close()])
      assert.equal((await container.wait()).signal, "SIGKILL")
      const box = await boxOf(bench, {})
      await assert.rejects(bench.provider.start(box), (error) => isGeartrainError(error, "PROVIDER_FAILED"))
    },
  },
  {
    id: "start/leaves-nothing-when-it-fails",
    says: "a box that cannot be made is refused, and nothing of it is left",
    check: async (bench) => {
      const box = await boxOf(bench, { mounts: [{ source: "/no/such/folder", target: "/in", access: "read-only" }] })
      await assert.rejects(bench.provider.start(box), (error) => isGeartrainError(error, "PROVIDER_FAILED"))
      const mounts = [{ source: box.folder, target: "/seen", access: "read-only" as const }]
      assert.equal((await runShell(bench, "ls -A /seen", { mounts })).stdout, "")
    },
  },
  {
    id: "start/can-be-aborted",
    says: "starting with a signal that is aborted rejects with its reason, and starts nothing",
    check: async (bench) => {
      const reason = new RangeError("not any more")
      const box = await boxOf(bench, { command: ["sleep", "100"] })
      await assert.rejects(bench.provider.start(box, { signal: AbortSignal.abort(reason) }), reason)
    },
  },
]
