export { playOnce, compareSystem, type PlayOptions, type PlayedRun } from './report/play-once.js';
export type { EchoReport } from './report/count-echoes.js';
export type { DirectionReport, RunReport } from './report/run-report.js';
export { noteQuietMoment, type SystemMoment } from './report/system-moment.js';
export {
  runScenario,
  type ChapterOutcome,
  type ScenarioOptions,
  type ScenarioOutcome,
} from './scenario/run-scenario.js';
export type { ControlApiService } from './system/control-api-service.js';
export type { LoopGuard } from './system/direction-services.js';
export type { ServiceProcess } from './system/service-process.js';
export { startSystem, type RunningSystem, type SystemOptions } from './system/start-system.js';
