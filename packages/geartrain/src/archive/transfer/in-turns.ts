/**
 * Does something with each of many, so many at a time, in their order. What one of them throws ends the rest, once those under way have ended.
 *
 * @example
 *   await inTurns([1, 2, 3], 2, async (number) => void seen.push(number))
 */
export async function inTurns<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  // Of an asynchronous iterator one element is asked for at a time.
  let asked: Promise<unknown> = Promise.resolve()
  let isOver = false
  const next = async (): Promise<IteratorResult<Item>> => {
    const mine = asked.then(() => iterator.next())
    asked = mine.catch(() => undefined)
    return mine
  }
  const turn = async (): Promise<void> => {
    try {
      while (!isOver) {
        const step = await next()
        if (step.done === true || isOver) return
        await work(step.value)
      }
    } catch (error) {
      isOver = true
      throw error
    }
  }
  const turns = await Promise.allSettled(Array.from({ length: atOnce }, turn))
  await iterator.return?.()
  const failed = turns.find((each) => each.status === "rejected")
  if (failed !== undefined) throw failed.reason
}
