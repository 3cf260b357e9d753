export type { AccountOptions, List, Metric } from './account.ts'
export type { Choices } from './choices.ts'
export type { PendingOptIn } from './consent-state.ts'
export type { ActiveFault, Fault, FaultOptions } from './faults.ts'
export type { Standing } from './limits.ts'
export type { App, AppOptions } from './oauth.ts'
export type { Counters, LoggedRequest } from './request-log.ts'
export {
  type AccountHandle,
  type HeldEvent,
  type HeldProfile,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from './simulator.ts'
export { type Sink, startSink } from './sink.ts'
