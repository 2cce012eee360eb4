/**
 * The requests beyond the Language Server Protocol, and the parts of their answers that are shown here.
 *
 * Studies are requests of their own, not commands: only a request carries a cancellation token and a progress token.
 */

/** Commands that the server registers; in VS Code most are taken over by the request of the same meaning. */
export const ServerCommand = {
  ablate: "mlestar.ablate",
  optimise: "mlestar.optimise",
  apply: "mlestar.apply",
  showDiff: "mlestar.showDiff",
  cancel: "mlestar.cancel",
  showReport: "mlestar.showReport",
} as const;

/** Methods of the requests. */
export const Request = {
  ablate: "mlestar/ablate",
  optimise: "mlestar/optimise",
  apply: "mlestar/apply",
  preview: "mlestar/preview",
  analysis: "mlestar/analysis",
  cancel: "mlestar/cancel",
} as const;

export interface StudyParams {
  readonly uri: string;
  /** Progress is reported under this token, created by the client. */
  readonly workDoneToken?: string;
}

/** Without a block the most important one is meant; without a plan all that fit. */
export interface OptimiseParams extends StudyParams {
  readonly blockId?: string;
  readonly planId?: string;
}

/** A candidate of a refinement; without a plan its confirmed one. */
export interface ApplyParams {
  readonly uri: string;
  readonly studyId?: string;
  readonly planId?: string;
}

export interface ApplyResult {
  readonly applied: boolean;
  readonly reason: string | null;
}

/** The document as it is and as it would be; or only the reason why there is no such thing. */
export type PreviewResult =
  | { readonly reason: string }
  | { readonly reason: null; readonly studyId: string; readonly planId: string; readonly title: string; readonly oldText: string; readonly newText: string };

export interface Block {
  readonly id: string;
  readonly title: string;
  readonly role: string;
}

export interface Objective {
  readonly metric: string;
}

export interface Impact {
  readonly blockId: string;
  readonly mean: number | null;
  readonly spread: number | null;
  readonly required: boolean;
}

export interface Cost {
  readonly wallS: number;
  readonly runs: number;
  readonly reused: number;
}

export interface AblationReport {
  readonly studyId: string;
  readonly objective: Objective | null;
  /** By rank, the most important first. */
  readonly impacts: readonly Impact[];
  readonly blocks: readonly Block[];
  readonly cost: Cost;
  readonly complete: boolean;
  /** Why there is no answer, in one sentence. */
  readonly problem: string | null;
}

/** A paired gain in units of the metric; positive is better. */
export interface Effect {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  readonly confidence: number;
}

export interface Candidate {
  readonly plan: { readonly id: string; readonly title: string };
  readonly confirmed: Effect | null;
}

export interface RefinementReport {
  readonly studyId: string;
  readonly objective: Objective | null;
  readonly candidates: readonly Candidate[];
  /** The candidate whose gain was confirmed. */
  readonly best: Candidate | null;
  readonly cost: Cost;
  readonly complete: boolean;
  readonly problem: string | null;
}

interface Position {
  readonly line: number;
  readonly character: number;
}

/** A block where it is now, with what was measured of it. */
export interface KnownBlock extends Block {
  readonly uri: string;
  readonly range: { readonly start: Position; readonly end: Position };
  readonly protected: boolean;
  readonly impact: Impact | null;
  readonly rank: number | null;
}

export interface AnalysisResult {
  readonly blocks: readonly KnownBlock[];
}
