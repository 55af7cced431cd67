import type { PartKind } from '../parts/resource.ts';

/** A service account of an add-on and the role that its pods have (source: EKS API reference, AddonPodIdentityAssociations). */
export interface AddonIdentity {
  readonly serviceAccount: string;
  readonly roleArn: string;
}

/** An add-on as a client named it. What is left out stays as it is in the cluster; for a new add-on it is as EKS has it by default. */
export interface AskedAddon {
  readonly addonName: string;
  readonly addonVersion?: string;
  /** JSON or YAML text, as EKS takes it; the whole of it. */
  readonly configurationValues?: string;
  readonly resolveConflicts?: 'NONE' | 'OVERWRITE' | 'PRESERVE';
  /** The whole list. */
  readonly podIdentityAssociations?: readonly AddonIdentity[];
}

/** What Slipway has put into an add-on beyond what clients named, as the steps that did so told. One for each add-on that it installed or a part uses. */
export interface AddonShare {
  readonly addonName: string;
  /** The parts that alone asked for it when it was installed: it goes with the last of them. Absent: a client named it. */
  readonly broughtBy?: readonly PartKind[];
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly podIdentityAssociations?: readonly AddonIdentity[];
}
