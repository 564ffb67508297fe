import type { JsonObject } from "@geartrain/spec"

/** The object that `--json` prints, for programs that read it. What `data` holds depends on the command, which `schema` names. */
export const REPLY_SCHEMA: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "geartrain-cli-reply/1",
  title: "What a gear command answers with --json",
  description:
    "Lists and logs are lines of their own elements instead; when such a command fails, its last line is this object.",
  type: "object",
  required: ["schema", "ok", "data", "error"],
  properties: {
    schema: {
      type: "string",
      pattern: "^geartrain-cli-[a-z_-]+/1$",
      description: "The command, and the version of its answer",
    },
    ok: { type: "boolean", description: "The exit code is 0" },
    data: { description: "The answer; null when there is none" },
    error: {
      description: "Why the answer is no; null when it is yes",
      oneOf: [{ type: "null" }, { $ref: "#/$defs/error" }],
    },
  },
  additionalProperties: false,
  $defs: {
    error: {
      type: "object",
      required: ["code", "message", "fix", "docs", "culprit", "retryable"],
      properties: {
        code: {
          type: "string",
          pattern: "^[A-Z][A-Z0-9_]*$",
          description: "Stable: an error code, the reason of a failed job, or a verdict",
        },
        message: { type: "string", minLength: 1 },
        fix: { type: ["string", "null"], description: "What to do next" },
        docs: { type: "string", description: "The command that explains the code" },
        culprit: { enum: ["user", "gear", "input", "config", "resources", "platform", "unknown"] },
        retryable: { type: "boolean", description: "The same command may succeed later with nothing changed" },
      },
      additionalProperties: false,
    },
  },
}
