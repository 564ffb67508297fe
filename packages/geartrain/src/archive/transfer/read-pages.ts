import { answered } from "@geartrain/sdk/client"

interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string | undefined
}

/** What is asked for at a time. */
const PAGE = 1000

/** All entries of a list of the server's, page by page, each asked for when the one before has been read. */
export async function* readPages<Item>(
  ask: (query: { readonly limit: number; readonly cursor?: string }) => Promise<{ readonly data?: Page<Item> }>,
): AsyncGenerator<readonly Item[], void> {
  let cursor: string | undefined
  do {
    const page = answered(await ask({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }))
    yield page.items
    cursor = page.next
  } while (cursor !== undefined)
}
