/** The errors that tasks and looks raise towards a state machine. The same names stand in the machines' `ErrorEquals`, in logs and in an operation's `errors`. */
export const WORKFLOW_ERRORS = {
  /** Run this state again: what it waited for has changed (the role is back, the pause is over), or the next step of the same subject is due. Retried by ASL, never told. */
  RunAgain: 'RunAgain',
  /** The world has moved since the hop was planned, and its control plane is not begun: plan it again. Caught by ASL, never told. */
  PlanAgain: 'PlanAgain',
  /** EKS said that the step's work failed, or refused it by its rules. */
  StepFailed: 'StepFailed',
  /** A cancel was asked for, and was obeyed before the next act. */
  OperationCancelled: 'OperationCancelled',
  /** The rest must not be done: an earlier stage failed, or the rules refuse what is left of the plan. */
  OperationStopped: 'OperationStopped',
  /** An alarm that the ask names fired while the upgrade baked: it is turned back. */
  AlarmFired: 'AlarmFired',
  /** The operation has ended already, or this is an execution of an earlier run. */
  OperationEnded: 'OperationEnded',
  /** Something that no rule foresaw, or AWS not answering within the SDK's own retries. Retried by ASL with a growing pause. */
  Fault: 'Fault',
} as const;

export type WorkflowError = keyof typeof WORKFLOW_ERRORS;
