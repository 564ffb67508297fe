export { answered } from "@geartrain/sdk/client"
