import { onDatabases } from "../on-databases.ts"
import { QUEUE_LAWS } from "./laws.ts"
import { queueBench } from "./queue-bench.ts"

onDatabases((bench) => {
  for (const { id, says, check } of QUEUE_LAWS) {
    bench.test(`${id}: ${says}`, async (context) => {
      await check(await queueBench(await bench.open(context), { settings: { mostLogBytes: 40 } }))
    })
  }
})
