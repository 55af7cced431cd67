/** Without the members that were not said: EKS reads an absent member as "as it is" or "your default". */
export function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
