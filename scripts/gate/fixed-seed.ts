/**
 * Loaded before the tests of the gate: properties are tried on the same random input every time, so that a change is never blamed for what
 * chance found. `npm run test:chance` tries them on other input at every run, to find more; what it finds becomes a test of its own.
 */
import { configureGlobal } from "fast-check"

configureGlobal({ seed: 20_260_101 })
