/** A blocking finding that an approver lets pass for a while, with a name to ask. */
export interface Waiver {
  readonly waiverId: string;
  readonly clusterId: string;
  /** The finding's code. */
  readonly code: string;
  /** Only for this subject of the finding; absent: for all of them. */
  readonly subject?: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** RFC 3339, UTC: past it the finding blocks again. */
  readonly until: string;
  /** The approver who gave it; an upgrade that the same person asks for is not helped by it. */
  readonly by: string;
  readonly at: string;
}
