import { GeartrainError } from "@geartrain/spec"
import { systemCode } from "../system/system-code.ts"
import { readYamlFile, type YamlDocument } from "./read-yaml.ts"

/** Reads the file of a pipeline. @throws {GeartrainError} PIPELINE_INVALID, and PIPELINE_NOT_FOUND where there is none. */
export async function openPipelineFile(file: string): Promise<YamlDocument> {
  try {
    return await readYamlFile(file, "PIPELINE_INVALID")
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    const is = code === "ENOENT" ? "there is no such file" : `it cannot be opened (${code})`
    throw new GeartrainError("PIPELINE_NOT_FOUND", `Cannot read "${file}": ${is}`, {
      details: { file },
      hint: "Name the file of a pipeline, such as pipeline.yaml",
      cause: error,
    })
  }
}
