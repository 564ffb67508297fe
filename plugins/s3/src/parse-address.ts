import { GeartrainError, nearestName } from "@geartrain/spec"
import { CREDENTIALS_HINT, checkSettings, type S3StoreSettings } from "./settings.ts"

const PARAMETERS = ["endpoint", "region", "path-style"]
const FORM = "s3://BUCKET[/PREFIX][?endpoint=URL&region=REGION&path-style=yes|no]"

/**
 * Reads the address of a store, as it stands in a server's settings. Credentials are never part of it.
 *
 * @throws {GeartrainError} SETTINGS_INVALID for what is not of this form, and for every parameter that is not known.
 * @example
 *   parseS3Address("s3://blobs?endpoint=http://127.0.0.1:7480&region=eu").endpoint // => "http://127.0.0.1:7480/"
 */
export function parseS3Address(text: string): S3StoreSettings {
  const url = URL.parse(text)
  // Not repeated in the message: what stands before an @ may be a secret.
  if (url !== null && (url.username !== "" || url.password !== ""))
    throw invalid("Cannot use the address of the S3 store: credentials do not belong into it", CREDENTIALS_HINT)
  if (url === null || url.protocol !== "s3:" || url.hash !== "" || url.port !== "")
    throw invalid(`Cannot use "${text}" as the address of an S3 store: it is not of the form ${FORM}`)
  const [endpoint, region, pathStyle] = PARAMETERS.map((name) => parameter(url, name))
  for (const name of url.searchParams.keys()) if (!PARAMETERS.includes(name)) throw unknown(text, name)
  if (pathStyle !== undefined && pathStyle !== "yes" && pathStyle !== "no")
    throw invalid(`Cannot use "${text}" as the address of an S3 store: path-style is "${pathStyle}", not yes or no`)
  const settings = {
    bucket: url.hostname,
    prefix: decoded(url.pathname, text),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(pathStyle === undefined ? {} : { pathStyle: pathStyle === "yes" }),
  }
  const checked = checkSettings(settings)
  return {
    ...settings,
    prefix: checked.prefix,
    ...(checked.endpoint === undefined ? {} : { endpoint: checked.endpoint }),
  }
}

function parameter(url: URL, name: string): string | undefined {
  const [value, ...more] = url.searchParams.getAll(name)
  if (more.length > 0) throw invalid(`Cannot use the address of the S3 store: "${name}" is given twice`)
  return value
}

function decoded(path: string, text: string): string {
  try {
    return decodeURIComponent(path)
  } catch (cause) {
    throw invalid(
      `Cannot use "${text}" as the address of an S3 store: a "%" is not followed by a byte`,
      undefined,
      cause,
    )
  }
}

function unknown(text: string, name: string): GeartrainError {
  const near = nearestName(name, PARAMETERS)
  return invalid(
    `Cannot use "${text}" as the address of an S3 store: there is no parameter "${name}"; there are ${PARAMETERS.join(", ")}`,
    near === undefined ? undefined : `Write ${near}=…`,
  )
}

function invalid(message: string, hint: string = `Write it as ${FORM}`, cause?: unknown): GeartrainError {
  return new GeartrainError("SETTINGS_INVALID", message, { hint, cause })
}
