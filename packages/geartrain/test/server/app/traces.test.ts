import assert from "node:assert/strict"
import { test } from "node:test"
import { propagation, SpanKind, trace } from "@opentelemetry/api"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { openSqlite } from "../../../src/server/database/sqlite/open-sqlite.ts"
import { appBench } from "../app-bench.ts"

test("a request is a span of the trace that its sender began", async (context) => {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  trace.setGlobalTracerProvider(provider)
  propagation.setGlobalPropagator({
    fields: () => ["traceparent"],
    inject: () => undefined,
    extract: (active, carrier) => {
      const [, traceId = "", spanId = ""] = String((carrier as Record<string, unknown>)["traceparent"] ?? "").split("-")
      return traceId === "" ? active : trace.setSpanContext(active, { traceId, spanId, traceFlags: 1, isRemote: true })
    },
  })
  const database = await openSqlite(":memory:")
  const bench = await appBench(context, database)
  context.after(async () => {
    await provider.shutdown()
    await database.close()
    trace.disable()
    propagation.disable()
  })
  const traceId = "0af7651916cd43dd8448eb211c80319c"
  await bench.as("user").get("/projects", { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } })
  await bench.as("nobody").get("/projects")
  const spans = exporter.getFinishedSpans().filter(({ name }) => name === "GET /api/v1/projects")
  assert.deepEqual(
    spans.map(({ kind, attributes }) => [kind, attributes["http.response.status_code"]]),
    [
      [SpanKind.SERVER, 200],
      [SpanKind.SERVER, 401],
    ],
  )
  assert.equal(spans[0]?.spanContext().traceId, traceId)
  assert.notEqual(spans[1]?.spanContext().traceId, traceId)
})
