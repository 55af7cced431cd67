/** What a lifecycle policy would expire, as ECR's own dry run says. */
export interface LifecyclePreview {
  readonly observedAt: string;
  /** Of all images that would go. */
  readonly images: number;
  /** Of those that were looked at. */
  readonly bytes: number;
  /** False: more images would go than were looked at. */
  readonly complete: boolean;
  /** Oldest first, 100 at most. */
  readonly items: readonly { readonly digest: string; readonly tags: readonly string[]; readonly pushedAt: string; readonly bytes: number; readonly rulePriority: number }[];
}
