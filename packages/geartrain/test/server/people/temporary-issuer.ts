import { createServer, type RequestListener } from "node:http"
import { createRequire } from "node:module"
import type { TestContext } from "node:test"

/** What a person is to the issuer, by the name that they log in there with. */
export type IssuersPeople = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export const CLIENT = { id: "geartrain", secret: "0123456789abcdef0123456789abcdef" } as const

interface Provider {
  callback(): RequestListener
}

/** Starts a real issuer of OpenID Connect on loopback, which believes every password. It ends with the test. */
export async function startIssuer(
  context: TestContext,
  options: { readonly people: IssuersPeople; readonly redirectUrl: string },
): Promise<string> {
  // It has no types of its own.
  const require = createRequire(import.meta.url)
  const { Provider } = require("oidc-provider") as {
    Provider: new (issuer: string, settings: object) => Provider
  }
  let answer: RequestListener = (_request, response) => response.writeHead(503).end()
  const server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  const issuer = `http://127.0.0.1:${address.port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [options.redirectUrl],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    cookies: { keys: ["a key of a test"] },
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "preferred_username"],
      groups: ["groups"],
    },
    scopes: ["openid", "email", "profile", "groups"],
    findAccount: (_context: unknown, id: string) =>
      options.people[id] && { accountId: id, claims: () => ({ sub: id, ...options.people[id] }) },
    features: { devInteractions: { enabled: true } },
  })
  answer = provider.callback()
  return issuer
}

/** Logs in at the issuer as a browser does, and answers the address that it sends the browser back to. */
export async function logInThere(
  url: string,
  person: string,
  options: { readonly abort?: boolean } = {},
): Promise<URL> {
  const jar = new Map<string, string>()
  const { origin } = new URL(url)
  let next = url
  let form: URLSearchParams | undefined
  for (let steps = 0; steps < 20; steps++) {
    const reply: Response = await fetch(next, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form === undefined ? {} : { method: "POST", body: form }),
    })
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      jar.set(name, value)
    }
    form = undefined
    const location = reply.headers.get("location")
    if (location === null) {
      const page = await reply.text()
      if (!reply.ok) throw new Error(`the issuer answers ${reply.status}: ${page.slice(0, 300)}`)
      if (options.abort === true) next = new URL(/href="([^"]*\/abort)"/.exec(page)?.[1] ?? "", next).href
      else {
        next = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? "", next).href
        form = new URLSearchParams({
          prompt: /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? "",
          login: person,
          password: "x",
        })
      }
      continue
    }
    const to = new URL(location, next)
    if (to.origin !== origin) return to
    next = to.href
  }
  throw new Error("the issuer sends the browser on and on")
}
