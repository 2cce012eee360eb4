/** Reports in one sentence, for a notification. Nothing here needs an editor. */

import type { AblationReport, Cost, Effect, Impact, RefinementReport } from "./protocol";

/** A number to so many significant digits, without zeros that say nothing. */
export function number(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits))).replaceAll("-", "−");
}

/** A difference, with its sign. */
export function signed(value: number): string {
  return value > 0 ? `+${number(value, 3)}` : number(value, 3);
}

export function impact(value: Impact): string {
  if (value.mean === null) {
    return value.required ? "required" : "not measured";
  }
  return value.spread === null ? signed(value.mean) : `${signed(value.mean)} ± ${number(value.spread, 2)}`;
}

export function gain(effect: Effect): string {
  const percent = number(effect.confidence * 100, 3);
  return `${signed(effect.mean)} (${percent}% between ${signed(effect.low)} and ${signed(effect.high)}, ${plural(effect.pairs, "pair")})`;
}

export function duration(seconds: number): string {
  if (seconds < 60) {
    return `${number(seconds, 2)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.round(seconds - minutes * 60)} s`;
}

export function cost(value: Cost): string {
  const reused = value.reused > 0 ? `, ${value.reused} reused` : "";
  return `${plural(value.runs, "run")}${reused}, ${duration(value.wallS)}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function ablationSentence(report: AblationReport): string {
  const first = report.impacts.find((candidate) => candidate.mean !== null);
  if (first === undefined) {
    return `No impact was measured: ${report.problem ?? "no variant of the script gave a score."}`;
  }
  const title = report.blocks.find((block) => block.id === first.blockId)?.title ?? first.blockId;
  const partial = report.complete ? "" : " so far";
  return `“${title}” matters most${partial}: ${impact(first)} ${report.objective?.metric ?? "in the score"} (${cost(report.cost)}).`;
}

export function refinementSentence(report: RefinementReport): string {
  const metric = report.objective?.metric ?? "score";
  if (report.best?.confirmed) {
    return `${report.best.plan.title}: ${metric} ${gain(report.best.confirmed)}.`;
  }
  if (report.candidates.length === 0) {
    return report.problem ?? "No plan fits this block.";
  }
  const early = report.complete ? "" : " before the budget ended";
  return `No confirmed gain: ${plural(report.candidates.length, "plan")} tried${early} (${cost(report.cost)}). ${report.problem ?? "The block stays as it is."}`;
}
