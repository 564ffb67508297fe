import { type ChildProcess, spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { missing, run } from "../images/support/foreign.ts"

/** Why there can be no radosgw here, as the reason of a skip, or false. */
export function radosgwMissing(): string | false {
  return missing("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph-authtool", "monmaptool", "setpriv")
}

/** A radosgw of the test's own on loopback: one monitor, one daemon that keeps objects in memory, one gateway. */
export interface Radosgw {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string
  /** A user who may make buckets. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Runs `radosgw-admin`, and answers with what it printed. */
  admin(...words: readonly string[]): string
  /** Kills the gateway at once. What it had acknowledged lies with the daemon behind it, which goes on. */
  killGateway(): Promise<void>
  /** Starts it again at the same address, and answers once it does. */
  startGateway(): Promise<void>
  stop(): Promise<void>
}

const STARTS_WITHIN_MS = 60_000

export async function startRadosgw(): Promise<Radosgw> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-radosgw-"))
  const [monitor, older, gateway] = [await freePort(), await freePort(), await freePort()]
  const config = join(folder, "ceph.conf")
  const credentials = { accessKeyId: "geartrain-test", secretAccessKey: randomUUID() }
  const endpoint = `http://127.0.0.1:${gateway}`
  const ceph = (program: string, ...words: readonly string[]): string =>
    run([program, "-c", config, ...words]).toString("utf8")
  const daemons: Daemon[] = []
  const stop = async (): Promise<void> => {
    for (const daemon of daemons.reverse()) await daemon.kill()
    await rm(folder, { recursive: true, force: true })
  }
  let served: Daemon | undefined
  const startGateway = async (): Promise<void> => {
    served = startDaemon(folder, ["radosgw", "-f", "-c", config, "-n", "client.rgw"])
    daemons.push(served)
    await answering(endpoint, served)
  }
  try {
    const address = `[v2:127.0.0.1:${monitor},v1:127.0.0.1:${older}]`
    const id = randomUUID()
    writeFileSync(config, configuration({ folder, id, address, gateway }))
    for (const name of ["mon", "osd", "run"]) mkdirSync(join(folder, name))
    makeKeys(join(folder, "keyring"))
    run(["monmaptool", "--create", "--clobber", "--addv", "a", address, "--fsid", id, join(folder, "monmap")])
    ceph("ceph-mon", "--mkfs", "-i", "a", "--monmap", join(folder, "monmap"), "--keyring", join(folder, "keyring"))
    daemons.push(startDaemon(folder, ["ceph-mon", "-f", "-c", config, "-i", "a"]))
    const osd = randomUUID()
    ceph("ceph", "osd", "new", osd)
    ceph("ceph", "osd", "crush", "add", "0", "1.0", "host=here", "root=default")
    ceph("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
    daemons.push(startDaemon(folder, ["ceph-osd", "-f", "-c", config, "-i", "0"]))
    await startGateway()
    const admin = (...words: readonly string[]): string => ceph("radosgw-admin", "-n", "client.admin", ...words)
    admin(
      ...["user", "create", "--uid=test", "--display-name=test"],
      ...[`--access-key=${credentials.accessKeyId}`, `--secret-key=${credentials.secretAccessKey}`],
    )
    return { endpoint, credentials, admin, killGateway: async () => served?.kill(), startGateway, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface ConfigurationFacts {
  readonly folder: string
  readonly id: string
  readonly address: string
  readonly gateway: number
}

/**
 * With keys, for without them the gateway waits five minutes for a configuration and gives up. Without a manager daemon, which it does not
 * need. A monitor proposes each second by default, and there are a dozen proposals before the gateway answers. A gateway that was killed
 * is waited for by whoever tells all gateways of a change, for half a minute by default.
 */
function configuration({ folder, id, address, gateway }: ConfigurationFacts): string {
  return `[global]
fsid = ${id}
mon_initial_members = a
mon_host = ${address}
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
auth_allow_insecure_global_id_reclaim = false
keyring = ${folder}/keyring
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
run_dir = ${folder}/run
admin_socket = ${folder}/run/$name.$pid.asok
pid_file = ""
log_file = ""
log_to_stderr = true
[mon]
mon_data = ${folder}/mon
mon_data_avail_crit = 1
mon_data_avail_warn = 2
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[osd]
osd_data = ${folder}/osd
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_memory_target = 1073741824
osd_client_watch_timeout = 1
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:${gateway} tcp_nodelay=1
rgw_thread_pool_size = 32
rgw_enable_usage_log = false
`
}

function makeKeys(keyring: string): void {
  const all = ["mon", "osd", "mds", "mgr"].flatMap((of) => ["--cap", of, "allow *"])
  run(["ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *"])
  for (const [name = "", ...rights] of [
    ["client.admin", ...all],
    ["client.rgw", "--cap", "mon", "allow rwx", "--cap", "osd", "allow rwx"],
    ["osd.0", "--cap", "mon", "allow profile osd", "--cap", "osd", "allow *"],
  ]) {
    run(["ceph-authtool", keyring, "--gen-key", "-n", name, ...rights])
  }
}

interface Daemon {
  readonly child: ChildProcess
  readonly said: () => string
  kill(): Promise<void>
}

/** Starts a daemon in the foreground, which the kernel kills when this process is no more. */
function startDaemon(folder: string, command: readonly string[]): Daemon {
  const log = join(folder, `${command[0]}.log`)
  const output = openSync(log, "a")
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...command], { stdio: ["ignore", "ignore", output] })
  closeSync(output)
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  return {
    child,
    said: () => readFileSync(log, "utf8").trim().split("\n").slice(-20).join("\n"),
    kill: () => {
      child.kill("SIGKILL")
      return ended
    },
  }
}

async function answering(endpoint: string, daemon: Daemon): Promise<void> {
  const deadline = Date.now() + STARTS_WITHIN_MS
  for (;;) {
    const answers = await fetch(endpoint).then(
      (response) => response.ok,
      () => false,
    )
    if (answers) return
    if (daemon.child.exitCode !== null || Date.now() > deadline)
      throw new Error(`radosgw did not start (exit ${daemon.child.exitCode})\n${daemon.said()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === "string") throw new Error("There is no port")
  return address.port
}
