/**
 * Makes a fresh checkout ready to run: npm packages, Debian packages, build. Does only what is missing, and says in a line what it does.
 *
 *   node scripts/set-up.mjs [--with-test-tools] [--then SCRIPT [ARGUMENT...]]
 *
 * With `--then`, goes on with that script under Node 24, and ends with its exit code.
 *
 * This file has to run under whatever Node the machine has (20 or later) before anything is installed: plain JavaScript, no dependency.
 */
import { spawn, spawnSync } from "node:child_process"
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { constants as osConstants } from "node:os"
import { delimiter, isAbsolute, join, resolve } from "node:path"

const TOP = resolve(import.meta.dirname, "..")
const NODE = join(TOP, "node_modules", ".bin", "node")
const LISTS = "/var/lib/apt/lists"
/** Debian packages that start a service as soon as they are there, and its name. */
const SERVICES = { "docker-registry": "docker-registry", "postgresql-15": "postgresql" }
// Mirrors keep replaced packages for a few days at most.
const LISTS_OLD_AFTER_MS = 3 * 24 * 3600 * 1000

main(process.argv.slice(2))

function main(args) {
  const at = args.indexOf("--then")
  const options = at < 0 ? args : args.slice(0, at)
  installNpmPackages()
  installDebianPackages(options.includes("--with-test-tools") ? ["run", "test"] : ["run"])
  build()
  if (at >= 0) goOn(args.slice(at + 1))
}

/** `npm ci`, which also brings Node 24, unless what is installed is what package-lock.json says. */
function installNpmPackages() {
  if (npmPackagesMatch()) return
  const done = step("npm packages")
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: TOP,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PATH: outerPath() },
  })
  done(result.status === 0)
  if (result.status !== 0) {
    printLastLines(result)
    stop("npm ci failed")
  }
  if (!existsSync(NODE))
    stop("npm ci brought no Node: its install script was not run. Run: npm ci --ignore-scripts=false")
}

/** Compares with the list that npm keeps of what it has installed; it writes that last, so a set-up that was interrupted does not match. */
function npmPackagesMatch() {
  const installed = readJson(join(TOP, "node_modules", ".package-lock.json"))?.packages
  if (installed === undefined || !existsSync(NODE)) return false
  const wanted = readJson(join(TOP, "package-lock.json")).packages
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith("node_modules/")) continue
    const found = installed[path]
    if (found === undefined && entry.optional) continue
    if (found?.version !== entry.version || found?.integrity !== entry.integrity) return false
    if (!existsSync(join(TOP, path))) return false
  }
  return Object.keys(installed).every((path) => Object.hasOwn(wanted, path))
}

/** Installs what is missing where this user may; elsewhere names it and the command, and goes on: the program makes do with what is there. */
function installDebianPackages(groups) {
  const packages = readJson(join(TOP, "scripts", "debian-packages.json"))
  const missing = groups
    .flatMap((group) => Object.entries(packages[group]))
    .filter(([, commands]) => !commands.every(isCommand))
    .map(([name]) => name)
  if (missing.length === 0) return
  if (!isCommand("apt-get")) {
    say(`not installed: ${missing.join(", ")}. Install them with this system's package manager; going on without`)
    return
  }
  const install = ["install", "-y", "-qq", "--no-install-recommends", ...missing]
  if (process.getuid?.() !== 0) {
    say(
      `not installed: ${missing.join(", ")}. Going on without; to install: sudo apt-get install -y ${missing.join(" ")}`,
    )
    return
  }
  const done = step(`Debian packages ${missing.join(" ")}`)
  let fresh = false
  if (packageListsAreOld()) {
    apt(["update", "-qq"])
    fresh = true
  }
  let result = apt(install)
  if (result.status !== 0 && !fresh) {
    apt(["update", "-qq"])
    result = apt(install)
  }
  done(result.status === 0)
  if (result.status !== 0) {
    printLastLines(result)
    say(`going on without; to try again: apt-get update && apt-get install -y ${missing.join(" ")}`)
  }
  for (const [name, service] of Object.entries(SERVICES)) if (missing.includes(name)) keepServiceOff(service)
}

/** The tests start servers of their own on loopback; nobody asked for ones that run for ever. */
function keepServiceOff(service) {
  if (existsSync("/run/systemd/system")) spawnSync("systemctl", ["disable", "--now", "--quiet", service])
}

function apt(args) {
  // Waits for another apt-get, as after the first boot of a machine.
  return spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", ...args], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PATH: `${outerPath()}:/usr/sbin:/sbin`, DEBIAN_FRONTEND: "noninteractive" },
  })
}

function packageListsAreOld() {
  try {
    const lists = readdirSync(LISTS).filter((name) => /_Packages(\.|$)/.test(name))
    // The folder's time is that of the last update; the files carry the mirror's times.
    return lists.length === 0 || Date.now() - statSync(LISTS).mtimeMs > LISTS_OLD_AFTER_MS
  } catch {
    // No such folder: no lists.
    return true
  }
}

function build() {
  const result = spawnSync(NODE, [join(TOP, "scripts/bundle/build.ts"), "--if-stale"], { cwd: TOP, encoding: "utf8" })
  if (result.status !== 0) {
    printLastLines(result)
    stop("the build failed")
  }
  if (result.stdout !== "") say(result.stdout.trim())
}

/** Runs the next script in the same terminal, so that Ctrl-C reaches it; this process only waits. */
function goOn([script, ...args]) {
  const child = spawn(NODE, [resolve(TOP, script), ...args], {
    stdio: "inherit",
    env: { ...process.env, PATH: `${join(TOP, "node_modules", ".bin")}${delimiter}${process.env.PATH ?? ""}` },
  })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child.on("error", (error) => stop(error.message))
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (osConstants.signals[signal] ?? 0)))
}

/** @param name  A program's name, or the full path of one that lies in no folder of PATH. */
function isCommand(name) {
  if (isAbsolute(name)) return existsSync(name)
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/bin", "/bin"].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return folder !== ""
    } catch {
      // Not in this folder.
      return false
    }
  })
}

/** The user's own PATH: npm puts folders of this checkout before it, and `npm ci` is about to remove the Node in there. */
function outerPath() {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join("node_modules", ".bin")))
    .join(delimiter)
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch (error) {
    if (error.code === "ENOENT") return undefined
    throw error
  }
}

/** Says what begins, and on the same line how long it took. */
function step(what) {
  const started = Date.now()
  process.stdout.write(`set-up: ${what} ... `)
  return (ok) => process.stdout.write(`${ok ? "done" : "failed"} in ${Math.round((Date.now() - started) / 1000)} s\n`)
}

function printLastLines(result) {
  const text = `${result.stdout ?? ""}${result.stderr ?? ""}${result.error ? `\n${result.error.message}` : ""}`
  process.stderr.write(`${text.trimEnd().split("\n").slice(-20).join("\n")}\n`)
}

function say(text) {
  process.stdout.write(`set-up: ${text}\n`)
}

function stop(text) {
  process.stderr.write(`set-up: ${text}\n`)
  process.exit(1)
}
