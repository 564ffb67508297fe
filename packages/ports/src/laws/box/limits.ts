import assert from "node:assert/strict"
import { isGeartrainError } from "@geartrain/spec"
import type { Box, BoxConstraint, BoxLimit } from "../../provider.ts"
import type { Law } from "../law.ts"
import { boxOf, type ProviderBench, runBox, runShell } from "./bench.ts"

const MEBIBYTE = 1024 * 1024

/** Limits, and what is refused because it is not offered. */
export const boxLimitLaws: readonly Law<ProviderBench>[] = [
  {
    id: "limits/memory",
    says: "a command that wants more memory than its limit is killed, and that is told",
    when: offers("memory"),
    check: async (bench) => {
      const { exit } = await runBox(bench, { command: ["tail", "/dev/zero"], memoryBytes: 48 * MEBIBYTE })
      assert.deepEqual([exit.code, exit.signal, exit.outOfMemory], [137, "SIGKILL", true])
    },
  },
  {
    id: "limits/memory-is-not-guessed",
    says: "a command that is killed otherwise is not said to want memory",
    when: offers("memory"),
    check: async (bench) => {
      const { exit } = await runShell(bench, "exit 137", { memoryBytes: 48 * MEBIBYTE })
      assert.deepEqual([exit.code, exit.outOfMemory], [137, false])
    },
  },
  {
    id: "limits/processes",
    says: "a command that forks without end is stopped at its limit, that is told, and it can be killed",
    when: offers("processes"),
    check: async (bench) => {
      const { exit } = await runShell(bench, FORKS, { processes: 30 })
      assert.equal(exit.outOfProcesses, true)
    },
  },
  {
    id: "limits/file-size",
    says: "no file grows beyond the limit",
    when: offers("file-size"),
    check: async (bench) => {
      const script = "head -c 300000 /dev/zero >/tmp/big; wc -c </tmp/big"
      const { stdout } = await runShell(bench, script, { fileBytes: 102_400 })
      assert.equal(stdout.trim(), "102400")
    },
  },
  {
    id: "limits/are-the-boxs-own",
    says: "what is not limited is not held to the limits of another box",
    when: offers("file-size"),
    check: async (bench) => {
      const script = "head -c 300000 /dev/zero >/tmp/big; wc -c </tmp/big"
      await runShell(bench, script, { fileBytes: 102_400 })
      assert.equal((await runShell(bench, script)).stdout.trim(), "300000")
    },
  },
  ...(["memory", "cpu", "processes", "file-size"] as const).map(
    (limit): Law<ProviderBench> => ({
      id: `refusal/limit-${limit}`,
      says: `a provider that does not offer the limit ${limit} refuses a box with it`,
      when: (bench) => !offers(limit)(bench),
      check: (bench) => isRefused(bench, LIMITED[limit]),
    }),
  ),
  {
    id: "constraints/one-cpu",
    says: "a box that is held to one processor may run on that and on no other",
    when: holds("one-cpu"),
    check: async (bench) => {
      const { stdout } = await runShell(bench, "cat /proc/self/status", { constraints: ["one-cpu"] })
      assert.match(stdout, /^Cpus_allowed_list:\t\d+$/m)
    },
  },
  {
    id: "constraints/fixed-addresses",
    says: "a box that is held to fixed addresses has them in every program, and the next box does not",
    when: holds("fixed-addresses"),
    check: async (bench) => {
      const { stdout } = await runShell(bench, SHOW_PERSONALITY, { constraints: ["fixed-addresses"] })
      // @see personality(2): ADDR_NO_RANDOMIZE is 0x0040000
      assert.equal(stdout, "00040000\n")
      assert.equal((await runShell(bench, SHOW_PERSONALITY)).stdout, "00000000\n")
    },
  },
  ...(["one-cpu", "fixed-addresses"] as const).map(
    (constraint): Law<ProviderBench> => ({
      id: `refusal/constraint-${constraint}`,
      says: `a provider that cannot hold a box to ${constraint} refuses one that asks for it`,
      when: (bench) => !holds(constraint)(bench),
      check: (bench) => isRefused(bench, { constraints: [constraint] }),
    }),
  ),
  {
    id: "around/runs-outside",
    says: "a program around a box runs on the host, before it, and changes neither output nor exit",
    when: ({ provider }) => provider.capabilities.around,
    check: async (bench) => {
      const folder = await bench.makeFolder()
      const around = ["sh", "-c", `printf outside >"$0/seen" && exec "$@"`, folder]
      const mounts = [{ source: folder, target: "/seen", access: "read-only" as const }]
      const { exit, stdout } = await runShell(bench, "cat /seen/seen; exit 3", { around, mounts })
      assert.deepEqual([exit.code, stdout], [3, "outside"])
    },
  },
  {
    id: "refusal/around",
    says: "a provider that takes no program around a box refuses one that asks for it",
    when: ({ provider }) => !provider.capabilities.around,
    check: (bench) => isRefused(bench, { around: ["env"] }),
  },
  {
    id: "refusal/network",
    says: "a provider that does not offer a network outwards refuses a box with it",
    when: ({ provider }) => !provider.capabilities.networks.includes("outbound"),
    check: (bench) => isRefused(bench, { network: "outbound" }),
  },
  {
    id: "refusal/root",
    says: "a provider refuses a root filesystem of a form that it does not offer",
    when: ({ provider }) => !provider.capabilities.roots.includes("squashfs"),
    check: (bench) => isRefused(bench, { root: { ...bench.root, form: "squashfs" } }),
  },
  {
    id: "capabilities/have-the-least",
    says: "every provider offers no network, and unpacked trees or squashfs",
    check: async ({ provider }) => {
      assert.ok(provider.capabilities.networks.includes("none"))
      assert.notEqual(provider.capabilities.roots.length, 0)
      assert.match(provider.name, /^[a-z][a-z0-9-]*$/)
      assert.notEqual(provider.version, "")
    },
  },
]

const SHOW_PERSONALITY = "cat /proc/self/personality"

/** Starts a process, and then another, until none can be started; each would stay for a while. */
const FORKS = "while sleep 5 & do :; done"

const LIMITED: Readonly<Record<BoxLimit, Partial<Box>>> = {
  memory: { memoryBytes: 48 * MEBIBYTE },
  cpu: { cpuCores: 1 },
  processes: { processes: 30 },
  "file-size": { fileBytes: MEBIBYTE },
}

function offers(limit: BoxLimit): (bench: ProviderBench) => boolean {
  return ({ provider }) => provider.capabilities.limits.includes(limit)
}

function holds(constraint: BoxConstraint): (bench: ProviderBench) => boolean {
  return ({ provider }) => provider.capabilities.constraints.includes(constraint)
}

async function isRefused(bench: ProviderBench, wish: Partial<Box>): Promise<void> {
  const box = await boxOf(bench, wish)
  await assert.rejects(bench.provider.start(box), (error) => isGeartrainError(error, "CAPABILITY_MISSING"))
}
