/** The generation of every waiver: one is given and taken back, and never changed. */
export const WAIVER_GENERATION = 1;
