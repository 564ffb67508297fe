import { spawn } from "node:child_process"
import { createSign, X509Certificate } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { createServer as createTcpServer } from "node:net"
import { join } from "node:path"
import { run } from "./foreign.ts"

export interface Running {
  readonly host: string
  stop(): Promise<void>
}

/** Starts Debian's docker-registry on loopback, with more lines of configuration if need be. */
export async function startRegistry(folder: string, auth: readonly string[] = []): Promise<Running> {
  const port = await freePort()
  mkdirSync(folder, { recursive: true })
  const config = [
    "version: 0.1",
    "log: {level: error, accesslog: {disabled: true}}",
    `storage: {filesystem: {rootdirectory: ${join(folder, "data")}}}`,
    `http: {addr: "127.0.0.1:${port}"}`,
    ...auth,
  ]
  writeFileSync(join(folder, "config.yml"), `${config.join("\n")}\n`)
  const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" })
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  process.once("exit", () => child.kill("SIGKILL"))
  const host = `127.0.0.1:${port}`
  const deadline = Date.now() + 20_000
  while (!(await answers(`http://${host}/v2/`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL")
      throw new Error(`docker-registry did not start (exit ${child.exitCode})`)
    }
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  return {
    host,
    stop: () => {
      child.kill("SIGTERM")
      return ended
    },
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.status === 200 || response.status === 401,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A server of the test's own, for answers that no honest registry gives. */
export async function startServer(handler: Handler): Promise<Running & { readonly asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const server: Server = createServer((request, response) => {
    asked.push(request)
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  // A test that fails before it stops its server must not keep the others from ending.
  server.unref()
  return {
    asked,
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface TokenServer extends Running {
  /** Lines of configuration that make a registry trust this server. */
  readonly auth: readonly string[]
  /** What was asked of it: credentials and scope. */
  readonly grants: { readonly user: string | undefined; readonly scope: string }[]
}

/**
 * Starts a token server as the registry's specification has it. Everybody may pull from `open/…`; only `ann`, with her password, may do more.
 *
 * @see Distribution, "Token Authentication Implementation"
 */
export async function startTokenServer(folder: string): Promise<TokenServer> {
  mkdirSync(folder, { recursive: true })
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")]
  run([
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=test",
    "-keyout",
    key,
    "-out",
    certificate,
  ])
  const x5c = [new X509Certificate(readFileSync(certificate)).raw.toString("base64")]
  const grants: TokenServer["grants"] = []
  const server = await startServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://token")
    const credentials = Buffer.from((request.headers.authorization ?? "").replace("Basic ", ""), "base64").toString()
    const [user] = credentials.split(":")
    const isAnn = credentials === "ann:her:pass word"
    const scopes = url.searchParams.getAll("scope")
    grants.push({ user: request.headers.authorization === undefined ? undefined : user, scope: scopes.join(" ") })
    if (request.headers.authorization !== undefined && !isAnn) {
      response.writeHead(401).end()
      return
    }
    const access = scopes.map((scope) => {
      const [type = "", name = "", actions = ""] = scope.split(":")
      const asked = actions.split(",")
      return {
        type,
        name,
        actions: isAnn ? asked : name.startsWith("open/") ? asked.filter((action) => action === "pull") : [],
      }
    })
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: "issuer",
      sub: user ?? "",
      aud: url.searchParams.get("service"),
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: String(grants.length),
      access,
    }
    const signed = [{ typ: "JWT", alg: "RS256", x5c }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".")
    const signature = createSign("RSA-SHA256").update(signed).sign(readFileSync(key)).toString("base64url")
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ token: `${signed}.${signature}` }))
  })
  const auth = [
    "auth:",
    "  token:",
    `    realm: http://${server.host}/token`,
    "    service: test-registry",
    "    issuer: issuer",
    `    rootcertbundle: ${certificate}`,
  ]
  return { ...server, auth, grants }
}
