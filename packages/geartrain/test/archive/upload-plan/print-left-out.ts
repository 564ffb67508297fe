import { planUpload } from "../../../src/archive/upload-plan/plan-upload.ts"

const plan = await planUpload(process.argv[2] ?? "")
process.stdout.write(JSON.stringify(plan.leftOut))
