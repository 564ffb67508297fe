import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api"
import type { ApiApp, FastifyRequest } from "../http/api-app.ts"

/**
 * Makes a span of every request, as part of the trace that its sender began. Where nobody has set up OpenTelemetry this does next to nothing:
 * whoever wants traces starts the server with an SDK of their choice, by `NODE_OPTIONS="--import …"`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function traceRequests(app: ApiApp): void {
  const spans = new WeakMap<FastifyRequest, Span>()
  app.addHook("onRequest", async (request) => {
    const route = request.routeOptions.url
    const parent = propagation.extract(context.active(), request.headers)
    const attributes = {
      "http.request.method": request.method,
      "url.scheme": request.protocol,
      "server.address": request.hostname,
      ...(route === undefined ? {} : { "http.route": route }),
    }
    const name = route === undefined ? request.method : `${request.method} ${route}`
    spans.set(request, trace.getTracer("geartrain").startSpan(name, { kind: SpanKind.SERVER, attributes }, parent))
  })
  app.addHook("onError", async (request, _reply, error) => {
    spans.get(request)?.recordException({ name: error.name, message: error.message })
  })
  app.addHook("onResponse", async (request, reply) => {
    const span = spans.get(request)
    span?.setAttribute("http.response.status_code", reply.statusCode)
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
  })
}
