import type { TokenLevel } from '../../domain/parts/tokens-wish.ts';
import type { Refusal } from '../../domain/refusal.ts';

/** What is asked of the function that issues tokens. The role and the rest it reads off the cluster's record. */
export interface TokenAsked {
  readonly clusterId: string;
  readonly level: TokenLevel;
  /** Who asked. */
  readonly sub: string;
  readonly minutes: number;
}

/** A secret: it goes to who asked, and nowhere else. */
export interface IssuedToken {
  readonly token: string;
  /** RFC 3339, both by the clock that it was signed by, which EKS's judgement goes by. */
  readonly issuedAt: string;
  readonly expirationTimestamp: string;
}

export interface TokenIssuer {
  /** The token, or a Refusal: a level that is not set up, or `account-unreachable`. */
  issue(asked: TokenAsked): Promise<IssuedToken | Refusal>;
}

/** Makes tokens from a role. Only the function that issues them has the right to assume it. */
export interface TokenMint {
  /** Throws AccountUnreachable when the role cannot be assumed. */
  mint(asked: {
    readonly accountId: string;
    readonly region: string;
    readonly clusterName: string;
    readonly roleArn: string;
    readonly externalId: string;
    readonly sessionName: string;
    /** 1 to 14. */
    readonly minutes: number;
  }): Promise<IssuedToken>;
}
