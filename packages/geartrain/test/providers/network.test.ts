import assert from "node:assert/strict"
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process"
import { chmodSync, chownSync, existsSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { after, before, test } from "node:test"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { type Bench, makeBench, missingFor, OPENERS, perlBox, perlMissing, RUN_BOX, runBox } from "./bench.ts"

/*
 * A server in a network namespace of its own, reached over a pair of virtual interfaces with addresses that are nobody's: 198.51.100.0/24 is for
 * documentation (RFC 5737).
 */
const NAMESPACE = `geartrain-test-${process.pid}`
const LINK = `gt${process.pid}`.slice(0, 12)
const SERVER = "198.51.100.2"
const PORT = 8080

function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root to make a network"
  if (findProgram("ip") === undefined) return "needs ip (package iproute2)"
  if (findProgram("slirp4netns") === undefined) return "needs slirp4netns"
  if (!existsSync("/dev/net/tun")) return "needs /dev/net/tun"
  return perlMissing()
}

const missing = whyNot()
const bench: Bench | undefined = missing === undefined ? makeBench() : undefined
let server: ChildProcess | undefined
/** On the machine's own loopback, where no box may get. */
const loopback = createServer((_, response) => response.end("secret"))

before(async () => {
  if (missing !== undefined) return
  ip("netns", "add", NAMESPACE)
  ip("link", "add", `${LINK}a`, "type", "veth", "peer", "name", `${LINK}b`, "netns", NAMESPACE)
  ip("addr", "add", "198.51.100.1/30", "dev", `${LINK}a`)
  ip("link", "set", `${LINK}a`, "up")
  ip("-n", NAMESPACE, "addr", "add", `${SERVER}/30`, "dev", `${LINK}b`)
  ip("-n", NAMESPACE, "link", "set", `${LINK}b`, "up")
  const program = `require("http").createServer((q, r) => r.end("hello " + q.url)).listen(${PORT}, "${SERVER}", () => console.log("up"))`
  server = spawn("ip", ["netns", "exec", NAMESPACE, process.execPath, "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  await new Promise((resolve) => server?.stdout?.once("data", resolve))
  await new Promise<void>((resolve) => loopback.listen(0, "127.0.0.1", () => resolve()))
})

after(() => {
  bench?.remove()
  loopback.close()
  server?.kill("SIGKILL")
  if (missing !== undefined) return
  ip("link", "delete", `${LINK}a`)
  ip("netns", "delete", NAMESPACE)
})

function ip(...args: readonly string[]): void {
  execFileSync("ip", [...args], { stdio: ["ignore", "ignore", "inherit"] })
}

/** What comes of asking the server, the machine's loopback as slirp4netns would call it, and the box's own loopback. */
function reachScript(): string {
  const { port } = loopback.address() as AddressInfo
  return `use Socket; $SIG{ALRM} = sub { print "late\\n"; exit };
    sub ask { my ($host, $port) = @_; alarm 20;
      socket(my $s, PF_INET, SOCK_STREAM, 0); connect($s, sockaddr_in($port, inet_aton($host))) or return print "no $host\\n";
      syswrite $s, "GET /path HTTP/1.0\\r\\n\\r\\n"; local $/; my $all = <$s>; $all =~ s/.*\\r\\n//s; print "$all\\n"; }
    ask("${SERVER}", ${PORT}); ask("10.0.2.2", ${port}); ask("127.0.0.1", ${port});
    open(my $f, "<", "/etc/resolv.conf"); print <$f>;`.replaceAll("\\\\", "\\")
}

const ALONE = `no ${SERVER}\nno 10.0.2.2\nno 127.0.0.1\n# There is no network\n`
const OUTBOUND = "hello /path\nno 10.0.2.2\nno 127.0.0.1\nnameserver 10.0.2.3\n"

for (const [name, open] of Object.entries(OPENERS)) {
  const skip = missing ?? missingFor(name) ?? false

  test(`${name}: outbound reaches a server, and never the machine's loopback`, { skip }, async () => {
    const provider = await open()
    const box = await perlBox(bench ?? assert.fail(), reachScript(), { network: "outbound" })
    const { stdout } = await runBox(provider, box)
    await provider.close()
    assert.equal(stdout, OUTBOUND)
  })

  test(`${name}: without a network there is no way to the same server`, { skip }, async () => {
    const provider = await open()
    const box = await perlBox(bench ?? assert.fail(), reachScript())
    const { stdout } = await runBox(provider, box)
    await provider.close()
    assert.equal(stdout, ALONE)
  })

  test(`${name}: an ordinary user reaches out too, where /dev/net/tun is everybody's`, { skip }, async () => {
    const own = makeBench()
    const box = await perlBox(own, reachScript(), { network: "outbound" })
    const order = JSON.stringify({ provider: name, afterwards: "wait", boxes: [box] })
    execFileSync("chown", ["-R", "65534:65534", own.folder])
    chmodSync(own.folder, 0o755)
    const tun = `${own.folder}/tun`
    execFileSync("mknod", ["-m", "0666", tun, "c", "10", "200"])
    // In a mount namespace, so that nobody else's device changes.
    const script = `mount --bind "$1" /dev/net/tun && exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$2" TMPDIR="$2" "$3" "$4" "$5"`
    const home = await own.makeFolder()
    chownSync(home, 65534, 65534)
    const ran = spawnSync(
      "unshare",
      ["--mount", "sh", "-c", script, "sh", tun, home, process.execPath, RUN_BOX, order],
      { encoding: "utf8" },
    )
    own.remove()
    assert.match(ran.stdout, /"networks":\["none","outbound"\]/, ran.stdout + ran.stderr)
    assert.ok(ran.stdout.includes(JSON.stringify(OUTBOUND)), ran.stdout + ran.stderr)
  })
}

test("an ordinary user who may not use /dev/net/tun is not offered a network outwards", {
  skip: missing ?? false,
}, async () => {
  const provider = Object.keys(OPENERS).find((name) => missingFor(name) === undefined)
  if (provider === undefined) return
  const own = makeBench()
  chmodSync(own.folder, 0o777)
  const order = JSON.stringify({ provider, afterwards: "wait", boxes: [] })
  const script = `mount --bind "$1" /dev/net/tun && exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/ TMPDIR="$2" "$3" "$4" "$5"`
  const tun = `${own.folder}/tun`
  execFileSync("mknod", ["-m", "0600", tun, "c", "10", "200"])
  const ran = spawnSync(
    "unshare",
    ["--mount", "sh", "-c", script, "sh", tun, own.folder, process.execPath, RUN_BOX, order],
    { encoding: "utf8" },
  )
  own.remove()
  assert.match(ran.stdout, /"networks":\["none"\]/, ran.stdout + ran.stderr)
})
