import assert from "node:assert/strict"
import { execFileSync, spawn } from "node:child_process"
import { existsSync, mkdirSync, openSync, readdirSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { after, test } from "node:test"
import type { BoxMount, Provider } from "@geartrain/ports"
import { ARCHITECTURES, architectureOf, SYSCALLS } from "../../src/providers/box/seccomp/syscalls.ts"
import { hostFacts } from "../../src/system/host.ts"
import { makeBench, openAll, perlBox, perlMissing, plainBox, RUN_BOX, runBox, shell } from "./bench.ts"

const bench = makeBench()
after(() => bench.remove())
const providers = await openAll(test, after)
const isRoot = process.getuid?.() === 0

const machine = hostFacts().architecture
const column = ARCHITECTURES[architectureOf(machine)].column
const hasPerl = perlMissing() === undefined

function number(call: string): number {
  return SYSCALLS[call]?.[column] ?? assert.fail(`no number for ${call}`)
}

/** Runs lines of perl in a box. Each line of the output is what one call came to. */
async function runPerl(
  provider: Provider,
  script: string,
): Promise<{ readonly stdout: string; readonly code: number }> {
  const { stdout, exit } = await runBox(provider, await perlBox(bench, WORDS + script))
  return { stdout, code: exit.code }
}

/** Perl passes no constants to a call. */
const WORDS = 'my ($none, $tmp, $tmpfs, $x) = ("none", "/tmp", "tmpfs", "x"); my $r;\n'

/** A line of perl that prints the error number of a call, or 0. */
function tries(call: string, ...args: readonly string[]): string {
  return `$! = 0; $r = syscall(${[number(call), ...args].join(", ")}); print(($r == -1 ? $!+0 : 0), "\\n");`
}

const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97

for (const provider of providers) {
  const { name } = provider

  test(`${name}: calls that a gear has no use for are refused by the filter`, {
    skip: hasPerl ? false : "needs perl",
  }, async () => {
    const script = [
      tries("mount", "$none", "$tmp", "$tmpfs", "0", "0"),
      tries("unshare", "0x10000000"),
      tries("setns", "0", "0"),
      tries("clone", "0x10000000", "0", "0", "0", "0"),
      tries("bpf", "0", "0", "0"),
      tries("keyctl", "0", "0"),
      tries("userfaultfd", "0"),
      tries("open_by_handle_at", "0", "0", "0"),
      tries("clock_settime", "0", "0"),
      tries("reboot", "0", "0", "0"),
      tries("quotactl", "0", "0", "0", "0"),
      tries("clone3", "0", "0"),
      tries("io_uring_setup", "1", "0"),
    ].join("\n")
    const { stdout } = await runPerl(provider, script)
    assert.deepEqual(stdout.trim().split("\n").map(Number), [
      ...Array.from({ length: 11 }, () => EPERM),
      ENOSYS,
      ENOSYS,
    ])
  })

  test(`${name}: sockets are Unix, IP and netlink ones only, whatever bits are set`, {
    skip: hasPerl ? false : "needs perl",
  }, async () => {
    const families = [1, 2, 10, 16, 17, 38, 40, 3, 9, 15]
    const script = [
      ...families.map((family) => tries("socket", String(family), family === 17 || family === 16 ? "3" : "1", "0")),
      tries("socket", "0x100000028", "1", "0"),
    ].join("\n")
    const { stdout } = await runPerl(provider, script)
    const refused = Array.from({ length: 7 }, () => EAFNOSUPPORT)
    assert.deepEqual(stdout.trim().split("\n").map(Number), [0, 0, 0, 0, ...refused])
  })

  test(`${name}: nothing can be typed into the caller's terminal`, {
    skip: hasPerl ? false : "needs perl",
  }, async () => {
    const script = [tries("ioctl", "0", "0x5412", "$x"), tries("ioctl", "0", "0x10000541c", "$x")].join("\n")
    assert.deepEqual((await runPerl(provider, script)).stdout.trim().split("\n").map(Number), [EPERM, EPERM])
  })

  test(`${name}: what harmless programs do is allowed`, { skip: hasPerl ? false : "needs perl" }, async () => {
    // Threads, and a process that gives up sharing its files.
    const { stdout } = await runPerl(provider, tries("unshare", "0x400"))
    assert.equal(stdout.trim(), "0")
  })

  test(`${name}: calls of another architecture kill`, {
    skip: hasPerl && machine === "x86_64" ? false : "needs perl on x86_64",
  }, async () => {
    // getpid of the x32 interface. As process 1 the gear is killed by this signal all the same.
    assert.equal((await runPerl(provider, "syscall(0x40000000 + 39); print 1")).code, 159)
  })

  test(`${name}: a device in the root filesystem or in a mount cannot be opened`, {
    skip: isRoot ? false : "needs root to make devices",
  }, async () => {
    const folder = await bench.makeFolder()
    const device = join(bench.tree.path, "zero")
    if (!existsSync(device)) execFileSync("mknod", ["-m", "0666", device, "c", "1", "5"])
    execFileSync("mknod", ["-m", "0666", join(folder, "zero"), "c", "1", "5"])
    const mounts: readonly BoxMount[] = [
      { source: folder, target: "/ro", access: "read-only" },
      { source: folder, target: "/rw", access: "read-write" },
    ]
    const script =
      "for d in /zero /ro/zero /rw/zero; do head -c 1 $d >/dev/null 2>&1 && echo opened $d; done; head -c 1 /dev/zero | wc -c"
    const box = await plainBox(bench, { mounts, command: shell(script) })
    assert.equal((await runBox(provider, box)).stdout.trim(), "1")
  })

  test(`${name}: no device can be made`, async () => {
    const box = await plainBox(bench, { command: shell("mknod /tmp/d c 1 5 && head -c 1 /tmp/d && echo opened; true") })
    assert.equal((await runBox(provider, box)).stdout, "")
  })

  test(`${name}: settings of the machine cannot be changed`, async () => {
    const script = `for f in /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches /proc/sysrq-trigger /proc/irq/default_smp_affinity; do
      ( echo x >$f ) 2>/dev/null && echo "wrote $f"; done; true`
    const box = await plainBox(bench, { command: shell(script) })
    assert.equal((await runBox(provider, box)).stdout, "")
  })

  test(`${name}: what tells of the machine and its keys is hidden`, async () => {
    const script =
      "for f in /proc/kcore /proc/keys /proc/timer_list; do head -c 1 $f 2>/dev/null; done | wc -c; ls /proc/acpi 2>/dev/null; ls /sys"
    const box = await plainBox(bench, { command: shell(script) })
    assert.equal((await runBox(provider, box)).stdout.trim(), "0")
  })

  test(`${name}: there are the usual devices and no others`, async () => {
    const box = await plainBox(bench, {
      command: shell("ls /dev; cat /dev/null; echo x >/dev/full || echo full; ls -d /dev/shm /dev/pts"),
    })
    const { stdout } = await runBox(provider, box)
    const names = [
      "fd",
      "full",
      "null",
      "ptmx",
      "pts",
      "random",
      "shm",
      "stderr",
      "stdin",
      "stdout",
      "tty",
      "urandom",
      "zero",
    ]
    const devices = stdout
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("/") && line !== "core" && line !== "full")
    assert.deepEqual(
      devices.toSorted(),
      names.filter((one) => one !== "full"),
    )
    assert.equal(stdout.split("\n").filter((line) => line === "full").length, 2)
  })

  test(`${name}: a root filesystem full of links leads nowhere`, async () => {
    const outside = await bench.makeFolder({ kept: "kept" })
    const root = await bench.makeFolder()
    execFileSync("cp", ["-a", join(bench.tree.path, "bin"), root])
    symlinkSync(outside, join(root, "work"))
    symlinkSync(outside, join(root, "home"))
    symlinkSync("elsewhere", join(root, "tmp"))
    symlinkSync(outside, join(root, "etc"))
    const source = await bench.makeFolder({ a: "a" })
    const box = await plainBox(bench, {
      root: { form: "tree", path: root },
      command: shell("cat /home/in/a; echo x >/home/in/b; true"),
      workingFolder: "/",
      environment: { PATH: "/bin", HOME: "/home/gear" },
      mounts: [{ source, target: "/home/in", access: "read-only" }],
    })
    const { stdout } = await runBox(provider, box)
    assert.equal(stdout, "a")
    assert.deepEqual(readdirSync(outside), ["kept"])
    assert.deepEqual(readdirSync(root).toSorted(), ["bin", "etc", "home", "tmp", "work"])
  })

  test(`${name}: files that the caller has open are not open in the box`, async () => {
    const secret = join(await bench.makeFolder({ secret: "secret" }), "secret")
    const fd = openSync(secret, "r")
    const script = "for f in /proc/self/fd/*; do readlink $f; done"
    const order = { provider: name, afterwards: "wait", boxes: [await plainBox(bench, { command: shell(script) })] }
    const stdio = ["ignore", "pipe", "inherit", ...Array.from({ length: 9 }, () => fd)] as const
    const child = spawn(process.execPath, [RUN_BOX, JSON.stringify(order)], { stdio: [...stdio] })
    let printed = ""
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text
    })
    await new Promise((resolve) => child.once("close", resolve))
    assert.match(printed, /"at":"ended"/)
    assert.doesNotMatch(printed, /secret/)
  })

  test(`${name}: without a network the machine's own servers cannot be reached, abstract sockets neither`, {
    skip: hasPerl ? false : "needs perl",
  }, async () => {
    const abstract = `\0geartrain-${process.pid}-${name}`
    const unix = createServer().listen(abstract)
    const tcp = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => tcp.once("listening", resolve))
    const address = tcp.address()
    const port = typeof address === "object" ? address?.port : undefined
    const script = `use Socket;
      socket(my $u, PF_UNIX, SOCK_STREAM, 0); print connect($u, pack("Sa*", 1, "\\0${abstract.slice(1)}")) ? "yes" : $!+0, "\\n";
      socket(my $t, PF_INET, SOCK_STREAM, 0); print connect($t, sockaddr_in(${port}, inet_aton("127.0.0.1"))) ? "yes" : $!+0, "\\n";
      socket(my $o, PF_INET, SOCK_STREAM, 0); print connect($o, sockaddr_in(80, inet_aton("198.51.100.2"))) ? "yes" : $!+0, "\\n";`
    try {
      // Refused, refused, and no way there.
      assert.equal((await runPerl(provider, script)).stdout, "111\n111\n101\n")
    } finally {
      unix.close()
      tcp.close()
    }
  })
}

test("a folder that is mounted within a read-only one shows no more than was given", {
  skip: providers.length > 0 ? false : "needs a provider",
}, async () => {
  const folder = await bench.makeFolder()
  mkdirSync(join(folder, "inner"))
  writeFileSync(join(folder, "inner", "x"), "x")
  for (const provider of providers) {
    const box = await plainBox(bench, {
      mounts: [{ source: folder, target: "/in", access: "read-only" }],
      command: shell("cat /in/inner/x; echo y >/in/inner/x; mkdir /in/inner/y; true"),
    })
    assert.equal((await runBox(provider, box)).stdout, "x")
  }
  assert.deepEqual(readdirSync(join(folder, "inner")), ["x"])
})
