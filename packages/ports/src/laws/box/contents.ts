import assert from "node:assert/strict"
import type { Law } from "../law.ts"
import { boxOf, type ProviderBench, runBox, runShell, startShell, textOf } from "./bench.ts"

/** What is in a box: streams, environment, users, files. */
export const boxContentLaws: readonly Law<ProviderBench>[] = [
  {
    id: "streams/are-told-apart",
    says: "what is printed to stdout and stderr comes out apart, and in full when the command ends at once",
    check: async (bench) => {
      const { stdout, stderr } = await runShell(bench, "echo out; echo err >&2")
      assert.deepEqual({ stdout, stderr }, { stdout: "out\n", stderr: "err\n" })
    },
  },
  {
    id: "streams/wait-for-their-reader",
    says: "what was printed can be read after the box has ended",
    check: async (bench) => {
      const container = await startShell(bench, "echo last; echo words >&2")
      await container.wait()
      const texts = [await textOf(container.stdout), await textOf(container.stderr)]
      await container.delete()
      assert.deepEqual(texts, ["last\n", "words\n"])
    },
  },
  {
    id: "streams/lose-nothing",
    says: "more output than any pipe holds comes out whole, on both streams",
    check: async (bench) => {
      const { stdout, stderr } = await runShell(bench, "head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2")
      assert.deepEqual([stdout.length, stderr.length], [300_000, 200_000])
    },
  },
  {
    id: "streams/may-be-closed",
    says: "a command that closes its output goes on, and the streams end",
    check: async (bench) => {
      const { exit, stdout } = await runShell(bench, "echo first; exec >&- 2>&-; sleep 0.1; exit 4")
      assert.deepEqual([exit.code, stdout], [4, "first\n"])
    },
  },
  {
    id: "stdin/is-empty",
    says: "standard input is at its end from the beginning",
    check: async (bench) => {
      assert.equal((await runShell(bench, "cat; echo end")).stdout, "end\n")
    },
  },
  {
    id: "environment/is-exactly-as-given",
    says: "the environment is what was given and nothing more, whatever characters are in it",
    check: async (bench) => {
      const environment = {
        PATH: "/bin",
        HOME: "/root",
        PWD: "/work",
        EMPTY: "",
        ODD: "a 'b' \"c\" $D `e` \\f = ü",
      }
      const { stdout } = await runBox(bench, { command: ["env"], environment })
      const expected = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
      assert.deepEqual(stdout.trimEnd().split("\n").toSorted(), expected.toSorted())
    },
  },
  {
    id: "environment/has-home-and-folder",
    says: "where PWD and HOME are not given, they are the working folder and /",
    check: async (bench) => {
      const { stdout } = await runBox(bench, { command: ["env"], environment: { PATH: "/bin" } })
      assert.deepEqual(stdout.trimEnd().split("\n").toSorted(), ["HOME=/", "PATH=/bin", "PWD=/work"])
    },
  },
  {
    id: "command/has-its-words",
    says: "the words of the command arrive as they are, whatever characters are in them",
    check: async (bench) => {
      const words = ["a 'b' \"c\" $D `e` \\f; exit 9", "", "*", "-n"]
      const { stdout } = await runBox(bench, { command: ["echo", "-", ...words] })
      assert.equal(stdout, `- ${words.join(" ")}\n`)
    },
  },
  {
    id: "folder/is-made",
    says: "the command runs in the working folder, which is made where it is not there, and is writable",
    check: async (bench) => {
      const { stdout } = await runShell(bench, "pwd; echo kept >file; cat /a/b/c/file", { workingFolder: "/a/b/c" })
      assert.equal(stdout, "/a/b/c\nkept\n")
    },
  },
  {
    id: "user/is-as-asked",
    says: "where every user can be mapped, the command runs as the user and group of the box",
    when: ({ provider }) => provider.capabilities.userMapping === "full",
    check: async (bench) => {
      const { stdout } = await runShell(bench, "id -u; id -g", { uid: 1234, gid: 2345 })
      assert.equal(stdout, "1234\n2345\n")
    },
  },
  {
    id: "user/can-work",
    says: "a user other than 0 can write to the working folder, to HOME, to /tmp and to the standard streams by name",
    check: async (bench) => {
      const script = "echo 1 >here && echo 2 >$HOME/home && echo 3 >/tmp/t && cat here $HOME/home /tmp/t >/dev/stdout"
      const environment = { PATH: "/bin", HOME: "/home/gear" }
      const { stdout, stderr } = await runShell(bench, script, { uid: 1234, gid: 2345, environment })
      assert.deepEqual({ stdout, stderr }, { stdout: "1\n2\n3\n", stderr: "" })
    },
  },
  {
    id: "root/is-thrown-away",
    says: "the root filesystem can be written to, and the next box sees it as it was",
    check: async (bench) => {
      const first = await runShell(bench, "echo new >/new; echo changed >/bin/cat; rm /bin/wc; exit 3")
      assert.equal(first.exit.code, 3)
      const { stdout, exit } = await runShell(bench, "cat /new; echo whole >/tmp/a; cat /tmp/a; wc -c /tmp/a")
      assert.deepEqual([stdout, exit.code], ["whole\n6 /tmp/a\n", 0])
    },
  },
  {
    id: "mounts/read-only",
    says: "what is mounted read-only can be read, and cannot be changed, added to or removed",
    check: async (bench) => {
      const mounts = [{ source: await bench.makeFolder({ a: "input" }), target: "/in", access: "read-only" as const }]
      const first = await runShell(bench, "cat /in/a; echo x >/in/a; echo x >/in/b; rm /in/a; exit 0", { mounts })
      assert.equal(first.stdout, "input")
      const { stdout } = await runShell(bench, "ls /in; cat /in/a", { mounts })
      assert.equal(stdout, "a\ninput")
    },
  },
  {
    id: "mounts/read-write",
    says: "what is written to a folder that is mounted read-write is on the host",
    check: async (bench) => {
      const source = await bench.makeFolder()
      await runShell(bench, "echo made >/out/made", { mounts: [{ source, target: "/out", access: "read-write" }] })
      const mounts = [{ source, target: "/seen", access: "read-only" as const }]
      assert.equal((await runShell(bench, "cat /seen/made", { mounts })).stdout, "made\n")
    },
  },
  {
    id: "mounts/files-and-within",
    says: "a single file can be mounted, also within a folder that was mounted before, and read-only within read-only",
    check: async (bench) => {
      const folder = await bench.makeFolder({ place: "" })
      const source = `${await bench.makeFolder({ file: "content" })}/file`
      const mounts = [
        { source: folder, target: "/in/folder", access: "read-only" as const },
        { source, target: "/in/folder/place", access: "read-only" as const },
        { source, target: "/deep/er/name", access: "read-only" as const },
      ]
      const { stdout } = await runShell(bench, "cat /in/folder/place /deep/er/name; echo x >/in/folder/place", {
        mounts,
      })
      assert.equal(stdout, "contentcontent")
      assert.equal((await runShell(bench, "cat /in/folder/place", { mounts })).stdout, "content")
    },
  },
  {
    id: "network/none-has-loopback-only",
    says: "without a network there is the loopback interface and no other",
    check: async (bench) => {
      const { stdout } = await runShell(bench, "cat /proc/net/dev")
      const names = [...stdout.matchAll(/^\s*(\S+):/gm)].map(([, name]) => name)
      assert.deepEqual(names, ["lo"])
    },
  },
  {
    id: "host/has-fixed-names",
    says: "the host name is gear, the umask 022",
    check: async (bench) => {
      assert.match((await runShell(bench, "hostname; umask")).stdout, /^gear\n0*022\n$/)
    },
  },
  {
    id: "seal/no-new-privileges",
    says: "no program can gain privileges, a filter of system calls holds, and the few capabilities are not more than seven",
    check: async (bench) => {
      const { stdout } = await runShell(bench, "cat /proc/self/status")
      assert.match(stdout, /^NoNewPrivs:\t1$/m)
      assert.match(stdout, /^Seccomp:\t2$/m)
      // CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID: bits 0, 1, 3 to 7. @see linux/capability.h
      for (const [, mask] of stdout.matchAll(/^Cap(?:Inh|Prm|Eff|Bnd|Amb):\t([0-9a-f]+)$/gm))
        assert.equal(BigInt(`0x${mask}`) & ~0xfbn, 0n, stdout)
    },
  },
  {
    id: "processes/are-its-own",
    says: "a box sees no process but its own, the command being the first",
    check: async (bench) => {
      const other = await startShell(bench, "sleep 100")
      const { stdout } = await runBox(bench, { command: ["ls", "/proc"] })
      await other.delete()
      assert.deepEqual(
        stdout.split("\n").filter((name) => /^\d+$/.test(name)),
        ["1"],
      )
    },
  },
  {
    id: "boxes/do-not-share",
    says: "boxes that run at once do not see each other's files",
    check: async (bench) => {
      const first = await startShell(bench, "echo mine >/tmp/x; echo ready; sleep 100")
      const reader = first.stdout[Symbol.asyncIterator]()
      await reader.next()
      const { stdout } = await runShell(bench, "cat /tmp/x || echo none")
      await first.delete()
      assert.equal(stdout, "none\n")
    },
  },
  {
    id: "boxes/many-at-once",
    says: "a dozen boxes at once each have their own output and exit code",
    check: async (bench) => {
      const numbers = Array.from({ length: 12 }, (_, index) => index)
      const results = await Promise.all(numbers.map((number) => runShell(bench, `echo ${number}; exit ${number}`)))
      assert.deepEqual(
        results.map(({ stdout, exit }) => [stdout, exit.code]),
        numbers.map((number) => [`${number}\n`, number]),
      )
    },
  },
  {
    id: "folder/is-left-empty",
    says: "a box that was deleted leaves nothing in its folder",
    check: async (bench) => {
      const box = await boxOf(bench, { command: ["sh", "-c", "echo x >/file; echo y >/tmp/file; rm /bin/cat"] })
      const container = await bench.provider.start(box)
      await container.wait()
      await container.delete()
      const mounts = [{ source: box.folder, target: "/seen", access: "read-only" as const }]
      assert.equal((await runShell(bench, "ls -A /seen", { mounts })).stdout, "")
    },
  },
]
