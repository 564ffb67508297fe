import type { TestContext } from "node:test"
import type { Database } from "../../../src/server/database/database.ts"
import { registerGear } from "../../../src/server/queue/gears/register-gear.ts"
import { type AppBench, appBench } from "../app-bench.ts"
import { person } from "../open-access.ts"

/** A server with a small hierarchy: one project that `user` may run gears in, and another that only `admin` can see. */
export interface FlywheelBench extends AppBench {
  readonly ids: Readonly<
    Record<"project" | "subject" | "session" | "acquisition" | "hidden" | "hiddenAcquisition", string>
  >
  /** Id of a gear with one file input, a config value and a key. */
  readonly gear: string
}

export const MANIFEST = {
  name: "toy",
  label: "Toy",
  description: "Does next to nothing",
  version: "1.0.0",
  author: "A",
  license: "MIT",
  url: "",
  source: "",
  command: "./run",
  config: { size: { type: "integer", default: 3 } },
  inputs: { image: { base: "file", type: { enum: ["nifti"] } }, key: { base: "api-key" } },
  custom: { "gear-builder": { category: "analysis" } },
}

/** Builds it by Flywheel's own paths, but for the gear. */
export async function flywheelBench(context: TestContext, database: Database): Promise<FlywheelBench> {
  const bench = await appBench(context, database)
  const admin = bench.as("admin")
  const make = async (word: string, body: object): Promise<string> => {
    const made = await admin.post(`/api/${word}`, body)
    if (made.status !== 200) throw new Error(`${word}: ${made.text}`)
    return made.body._id
  }
  await make("groups", { _id: "lab", label: "The lab" })
  const project = await make("projects", { group: "lab", label: "Memory", info: { a: 1, b: { c: 2 } }, tags: ["x"] })
  const subject = await make("subjects", { project, label: "sub-01", sex: "female" })
  const session = await make("sessions", { subject: { _id: subject }, project, label: "ses-01", age: 7 })
  const acquisition = await make("acquisitions", { session, label: "T1w" })
  const hidden = await make("projects", { group: "lab", label: "Hidden" })
  const other = await make("sessions", { project: hidden, subject: { label: "s" }, label: "s1" })
  const hiddenAcquisition = await make("acquisitions", { session: other, label: "a" })
  await bench.grant("user", project, "admin")
  const { blobs } = bench.ports
  const image = await blobs.put(bytesOf(JSON.stringify(MANIFEST)))
  const gear = await registerGear(
    bench.ports,
    { ...person(bench.id("admin")), siteAdmin: true },
    { image: image.digest },
  )
  return {
    ...bench,
    ids: { project, subject, session, acquisition, hidden, hiddenAcquisition },
    gear: gear.id,
  }
}

/** A form with a file in it, as `requests` and browsers write one. */
export function formOf(
  name: string,
  content: string,
  fields: Readonly<Record<string, string>> = {},
): { readonly payload: Buffer; readonly headers: Readonly<Record<string, string>> } {
  const boundary = "----a-line-that-nobody-writes"
  const parts = Object.entries(fields).map(
    ([field, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
  )
  const file = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n${content}\r\n`
  return {
    payload: Buffer.from(`${parts.join("")}${file}--${boundary}--\r\n`),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  }
}

/** Sends a form as `user`. */
export function upload(
  bench: AppBench,
  url: string,
  form: ReturnType<typeof formOf>,
): Promise<{ readonly status: number; readonly text: string; readonly body: ReturnType<typeof JSON.parse> }> {
  const headers = { ...form.headers, authorization: `scitran-user ${bench.key("user")}` }
  return bench.app
    .inject({ method: "POST", url, payload: form.payload, headers })
    .then(({ statusCode, body }) => ({ status: statusCode, text: body, body: JSON.parse(body) }))
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(text)
}
