/**
 * The requests beyond the Language Server Protocol, and the parts of their answers that are shown here.
 *
 * Studies are requests of their own, not commands: only a request carries a cancellation token and a progress token.
 */

/** Commands that the server registers; in VS Code each is taken over by the request of the same meaning. */
export const ServerCommand = {
  ablate: "mlestar.ablate",
  optimise: "mlestar.optimise",
  apply: "mlestar.apply",
  showDiff: "mlestar.showDiff",
  cancel: "mlestar.cancel",
} as const;

export interface StudyParams {
  readonly uri: string;
  /** Progress is reported under this token, created by the client. */
  readonly workDoneToken?: string;
}

export interface OptimiseParams extends StudyParams {
  readonly blockId?: string;
  readonly planId?: string;
}

export interface ApplyParams {
  readonly uri: string;
  readonly studyId: string;
}

export interface ApplyResult {
  readonly applied: boolean;
  readonly reason?: string | null;
}

export interface Block {
  readonly id: string;
  readonly title: string;
  readonly role: string;
}

export interface Objective {
  readonly metric: string;
  readonly direction: "maximize" | "minimize";
  readonly expression: string;
}

export interface Baseline {
  readonly mean: number;
  readonly noise: number | null;
  readonly scores: readonly number[];
}

export interface Impact {
  readonly blockId: string;
  readonly role: string;
  readonly mean: number | null;
  readonly spread: number | null;
  readonly runs: number;
  readonly variant: string;
  readonly required: boolean;
  readonly note: string;
}

export interface Cost {
  readonly wallS: number;
  readonly runs: number;
  readonly reused: number;
}

export interface AblationReport {
  readonly studyId: string;
  readonly objective: Objective | null;
  readonly baseline: Baseline | null;
  readonly impacts: readonly Impact[];
  readonly blocks: readonly Block[];
  readonly cost: Cost;
  readonly complete: boolean;
  readonly problem: string | null;
}

export interface Effect {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  readonly confidence: number;
}

export interface Candidate {
  readonly plan: { readonly id: string; readonly title: string; readonly why: string };
  readonly verdict: string;
  readonly reason: string;
  readonly selection: Effect | null;
  readonly confirmed: Effect | null;
  readonly runs: number;
  readonly newText: string | null;
}

export interface RefinementReport {
  readonly studyId: string;
  readonly block: Block | null;
  readonly objective: Objective | null;
  readonly baseline: Baseline | null;
  readonly candidates: readonly Candidate[];
  readonly best: Candidate | null;
  readonly cost: Cost;
  readonly complete: boolean;
  readonly problem: string | null;
}

/** What the server knows of a document: for picking a block. */
export interface AnalysisReport {
  readonly blocks: readonly (Block & { readonly protected: boolean; readonly firstLine: number; readonly lastLine: number })[];
}

/** Methods of the requests. */
export const Request = {
  ablate: "mlestar/ablate",
  optimise: "mlestar/optimise",
  apply: "mlestar/apply",
  analysis: "mlestar/analysis",
} as const;
