import assert from "node:assert/strict";
import { test } from "node:test";
import { ablationPage, ablationSentence, duration, gain, number, refinementPage, refinementSentence, signed } from "../../src/describe";
import type { AblationReport, Candidate, RefinementReport } from "../../src/protocol";

const cost = { wallS: 42.4, runs: 12, reused: 3 };
const objective = { metric: "accuracy", direction: "maximize", expression: "accuracy_score(y_test, p)" } as const;
const block = { id: "b1", title: "encode | scale", role: "preprocess" };

const ablation: AblationReport = {
  studyId: "s1",
  objective,
  baseline: { mean: 0.8123, noise: 0.0042, scores: [0.81, 0.81, 0.82] },
  impacts: [
    { blockId: "b0", role: "load", mean: null, spread: null, runs: 1, variant: "removed", required: true, note: "" },
    { blockId: "b1", role: "preprocess", mean: 0.0312, spread: 0.0051, runs: 3, variant: "scaler passed through", required: false, note: "" },
  ],
  blocks: [block],
  cost,
  complete: true,
  problem: null,
};

const candidate: Candidate = {
  plan: { id: "p", title: "Encode categories by their target mean", why: "" },
  verdict: "better",
  reason: "confirmed on 5 fresh seeds",
  selection: { mean: 0.02, low: 0.01, high: 0.03, pairs: 2, confidence: 0.95 },
  confirmed: { mean: 0.0123, low: 0.0051, high: 0.0195, pairs: 5, confidence: 0.95 },
  runs: 7,
  newText: "x = 1\n",
};

const refinement: RefinementReport = {
  studyId: "s2",
  block,
  objective,
  baseline: ablation.baseline,
  candidates: [candidate],
  best: candidate,
  cost,
  complete: true,
  problem: null,
};

test("numbers keep four significant digits and read as numbers", () => {
  assert.deepEqual([0.8123456, 12.3456, 1234.5, 0, -0.00123456].map(number), ["0.8123", "12.35", "1235", "0", "−0.00123"]);
  assert.equal(number(12345678), "1.23e+7");
  assert.equal(number(0.00001), "1.00e−5");
  assert.equal(signed(0.5), "+0.5000");
  assert.equal(signed(-0.5), "−0.5000");
});

test("durations", () => {
  assert.deepEqual([0.25, 42.4, 125].map(duration), ["0.3 s", "42 s", "2 min 5 s"]);
});

test("a gain has its interval and its number of pairs", () => {
  assert.equal(gain({ mean: 0.0123, low: 0.0051, high: 0.0195, pairs: 5, confidence: 0.95 }), "+0.01230 (95 % between +0.00510 and +0.01950, 5 pairs)");
});

test("an ablation names the first block that was measured, with its spread and its cost", () => {
  assert.equal(ablationSentence(ablation), "“encode | scale” matters most: +0.03120 ± 0.00510 accuracy (12 runs, 3 reused, 42 s).");
});

test("an ablation without an answer says why", () => {
  assert.equal(
    ablationSentence({ ...ablation, impacts: [], problem: "The script has no metric." }),
    "No impact could be measured: The script has no metric.",
  );
});

test("a table survives a title with a bar, and a required block is no number", () => {
  const page = ablationPage(ablation);
  assert.match(page, /\| 2 \| encode \\\| scale \| preprocess \| \+0\.03120 ± 0\.00510 \| scaler passed through \|/);
  assert.match(page, /\| 1 \| b0 \| load \| required \|/);
});

test("a refinement tells only a confirmed gain as a gain", () => {
  assert.match(refinementSentence(refinement), /^Encode categories by their target mean: accuracy \+0\.01230 /);
  const none = { ...refinement, best: null, candidates: [{ ...candidate, verdict: "no difference", confirmed: null }] };
  assert.equal(refinementSentence(none), "No confirmed gain: 1 plan tried (12 runs, 3 reused, 42 s). The block stays as it is.");
  assert.match(refinementPage(none), /\| no difference \| \+0\.02000 \|  \|/);
});
