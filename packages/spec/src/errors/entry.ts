/** Who has to act for the same thing to succeed. */
export type Fault = "user" | "gear" | "backend" | "platform"

/** Whether doing the same thing again can succeed: never, later, or later on another node. */
export type Retry = "never" | "later" | "elsewhere"

/** One line of the error catalogue. `http` is the status that the API answers with; `title` says what is the case, for people. */
export interface Entry {
  readonly fault: Fault
  readonly retry: Retry
  readonly http: number
  readonly title: string
}
