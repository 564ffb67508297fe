import type { Flag } from "../command.ts"

/** Of every command that asks a server. In a file of its own, so that a command's help loads no client. */
export const SERVER_FLAG = {
  server: {
    type: "truth",
    value: "URL",
    says: "Ask this server. Without a URL: that of $GEARTRAIN_SERVER, else the one that was logged in to last",
  },
} as const satisfies Readonly<Record<string, Flag>>
