/** Reports in words: short for a notification, whole as Markdown. Nothing here needs an editor. */

import type { AblationReport, Candidate, Cost, Effect, RefinementReport } from "./protocol";

/** A number as a person compares it: four significant digits, no exponent where it can be helped. */
export function number(value: number): string {
  if (value === 0 || !Number.isFinite(value)) {
    return String(value);
  }
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    return value.toExponential(2).replace("-", "−");
  }
  const digits = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(digits, 5)).replace(/^-/, "−");
}

/** A number with its sign, for differences. */
export function signed(value: number): string {
  return value > 0 ? `+${number(value)}` : number(value);
}

export function gain(effect: Effect): string {
  const percent = Math.round(effect.confidence * 100);
  return `${signed(effect.mean)} (${percent} % between ${signed(effect.low)} and ${signed(effect.high)}, ${plural(effect.pairs, "pair")})`;
}

export function duration(seconds: number): string {
  if (seconds < 60) {
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
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

/** The answer of an ablation in one sentence. */
export function ablationSentence(report: AblationReport): string {
  const first = report.impacts.find((impact) => impact.mean !== null);
  if (first === undefined || first.mean === null) {
    return `No impact could be measured: ${report.problem ?? "no variant of the script gave a score"}`;
  }
  const title = report.blocks.find((block) => block.id === first.blockId)?.title ?? first.blockId;
  const spread = first.spread === null ? "" : ` ± ${number(first.spread)}`;
  const partial = report.complete ? "" : " so far";
  const metric = report.objective?.metric ?? "the score";
  return `“${title}” matters most${partial}: ${signed(first.mean)}${spread} ${metric} (${cost(report.cost)}).`;
}

/** The answer of a refinement in one sentence. */
export function refinementSentence(report: RefinementReport): string {
  const metric = report.objective?.metric ?? "score";
  if (report.best?.confirmed) {
    return `${report.best.plan.title}: ${metric} ${gain(report.best.confirmed)}.`;
  }
  if (report.candidates.length === 0) {
    return report.problem ?? "No plan fits this block.";
  }
  const tried = plural(report.candidates.length, "plan");
  const so = report.complete ? "" : " before it ended";
  return `No confirmed gain: ${tried} tried${so} (${cost(report.cost)}). ${report.problem ?? "The block stays as it is."}`;
}

/** A refinement with every candidate, as Markdown. */
export function refinementPage(report: RefinementReport): string {
  const lines = [`# ${report.block?.title ?? "Refinement"}`, "", refinementSentence(report), ""];
  if (report.objective) {
    lines.push(`Objective: ${report.objective.direction} \`${report.objective.expression}\` (${report.objective.metric}).`, "");
  }
  if (report.baseline) {
    const noise = report.baseline.noise === null ? "" : ` ± ${number(report.baseline.noise)} over ${plural(report.baseline.scores.length, "seed")}`;
    lines.push(`As it is: ${number(report.baseline.mean)}${noise}. Cost: ${cost(report.cost)}.`, "");
  }
  if (report.candidates.length > 0) {
    lines.push("| plan | verdict | while choosing | confirmed | why |", "| --- | --- | --- | --- | --- |");
    lines.push(...report.candidates.map(candidateRow));
  }
  return `${lines.join("\n")}\n`;
}

/** An ablation with every block, as Markdown. */
export function ablationPage(report: AblationReport): string {
  const lines = ["# Impact of the blocks", "", report.problem ?? ablationSentence(report), ""];
  if (report.baseline && report.objective) {
    const noise = report.baseline.noise === null ? "" : ` ± ${number(report.baseline.noise)}`;
    lines.push(`Objective: ${report.objective.direction} \`${report.objective.expression}\`; as it is ${number(report.baseline.mean)}${noise}.`, "");
  }
  if (report.impacts.length > 0) {
    lines.push("| | block | role | impact | what was done |", "| --- | --- | --- | --- | --- |");
    for (const [index, impact] of report.impacts.entries()) {
      const title = report.blocks.find((block) => block.id === impact.blockId)?.title ?? impact.blockId;
      const spread = impact.spread === null ? "" : ` ± ${number(impact.spread)}`;
      const value = impact.mean === null ? (impact.required ? "required" : "not measured") : `${signed(impact.mean)}${spread}`;
      lines.push(`| ${index + 1} | ${cell(title)} | ${impact.role} | ${value} | ${cell([impact.variant, impact.note].filter(Boolean).join("; "))} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function candidateRow(candidate: Candidate): string {
  const chosen = candidate.selection ? signed(candidate.selection.mean) : "";
  const confirmed = candidate.confirmed ? gain(candidate.confirmed) : "";
  return `| ${cell(candidate.plan.title)} | ${candidate.verdict} | ${chosen} | ${confirmed} | ${cell(candidate.reason)} |`;
}

function cell(text: string): string {
  return text.replace(/\|/g, "\\|").replace(/\s*\n\s*/g, " ");
}
