import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Log, Meter } from './ports.ts';

/** Lines of JSON with operation, cluster and account. Secrets and external ids never reach it. */
export function createLog(level: string | undefined): Log {
  const logger = new Logger({ serviceName: 'slipway', ...(level === undefined ? {} : { logLevel: level as 'INFO' }) });
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
}

const UNITS = { Seconds: MetricUnit.Seconds, Count: MetricUnit.Count } as const;

/** CloudWatch metrics in the embedded format: a line in the log, no call. */
export function createMeter(): Meter {
  const metrics = new Metrics({ namespace: 'Slipway', singleMetric: false });
  /** One line a metric; telling it clears its dimensions, so that those of one do not stick to the next. */
  const emit = (name: string, unit: keyof typeof UNITS, value: number, dimensions: Readonly<Record<string, string>>): void => {
    metrics.addDimensions({ ...dimensions });
    metrics.addMetric(name, UNITS[unit], value);
    metrics.publishStoredMetrics();
  };
  return {
    count(name, value, dimensions = {}) {
      emit(name, 'Count', value, dimensions);
    },
    seconds(name, value, dimensions = {}) {
      emit(name, 'Seconds', value, dimensions);
    },
  };
}
