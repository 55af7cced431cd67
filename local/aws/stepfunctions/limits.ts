// The quotas of Step Functions that the engine keeps.
// Source: "Step Functions service quotas" in the developer guide, and the service model's length constraints.

export const PAYLOAD_BYTES_MAX = 262_144;
export const HISTORY_EVENTS_MAX = 25_000;
/** Inline Maps run at most this many iterations at a time, whatever MaxConcurrency says. */
export const MAP_CONCURRENCY_MAX = 40;
export const TIMEOUT_SECONDS_MAX = 99_999_999;
export const DEFINITION_BYTES_MAX = 1_048_576;
export const NAME_CHARACTERS_MAX = 80;
export const TOKEN_CHARACTERS_MAX = 2_048;
export const ERROR_CHARACTERS_MAX = 256;
export const CAUSE_CHARACTERS_MAX = 32_768;
/** A name may be used again, and an execution is forgotten, this long after it ended. */
export const EXECUTION_RETENTION_DAYS = 90;
export const PAGE_MAX = 1_000;
export const PAGE_DEFAULT = 100;
/** States that may be entered before what has happened is written down and others get their turn. */
export const STEPS_PER_COMMIT_MAX = 100;
/** Machine time that one JSONata expression may take. */
export const EVALUATION_MILLISECONDS_MAX = 5_000;
export const RANGE_ITEMS_MAX = 1_000;
