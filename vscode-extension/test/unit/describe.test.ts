import assert from "node:assert/strict";
import { test } from "node:test";
import { ablationSentence, duration, gain, impact, number, refinementSentence, signed } from "../../src/describe";
import type { AblationReport, Candidate, RefinementReport } from "../../src/protocol";

const cost = { wallS: 42.4, runs: 12, reused: 3 };
const objective = { metric: "accuracy" };

const ablation: AblationReport = {
  studyId: "s1",
  objective,
  impacts: [
    { blockId: "b0", mean: null, spread: null, required: true },
    { blockId: "b1", mean: 0.03124, spread: 0.00512, required: false },
  ],
  blocks: [{ id: "b1", title: "scale", role: "preprocess" }],
  cost,
  complete: true,
  problem: null,
};

const candidate: Candidate = {
  plan: { id: "p", title: "Encode categories by their target mean" },
  confirmed: { mean: 0.0123, low: 0.0051, high: 0.0195, pairs: 5, confidence: 0.95 },
};

const refinement: RefinementReport = {
  studyId: "s2",
  objective,
  candidates: [candidate],
  best: candidate,
  cost,
  complete: true,
  problem: null,
};

test("numbers keep the digits that are asked for and no zeros that say nothing", () => {
  assert.deepEqual(
    [0.8123456, 12.3456, 1234.5, 0, -0.00123456, 0.031].map((value) => number(value, 3)),
    ["0.812", "12.3", "1230", "0", "−0.00123", "0.031"],
  );
  assert.equal(number(1e-9, 2), "1e−9");
});

test("differences have a sign, and zero has none", () => {
  assert.deepEqual([0.5, -0.5, 0].map(signed), ["+0.5", "−0.5", "0"]);
});

test("an impact has its spread; what was not measured has no number", () => {
  assert.equal(impact({ blockId: "b", mean: 0.0312, spread: 0.0051, required: false }), "+0.0312 ± 0.0051");
  assert.equal(impact({ blockId: "b", mean: 0.0312, spread: null, required: false }), "+0.0312");
  assert.equal(impact({ blockId: "b", mean: null, spread: null, required: true }), "required");
  assert.equal(impact({ blockId: "b", mean: null, spread: null, required: false }), "not measured");
});

test("durations", () => {
  assert.deepEqual([0.25, 42.4, 125].map(duration), ["0.25 s", "42 s", "2 min 5 s"]);
});

test("a gain has its interval and its number of pairs", () => {
  assert.equal(
    gain({ mean: 0.0123, low: -0.0051, high: 0.0297, pairs: 1, confidence: 0.975 }),
    "+0.0123 (97.5% between −0.0051 and +0.0297, 1 pair)",
  );
});

test("an ablation names the first block that was measured, with its spread and its cost", () => {
  assert.equal(ablationSentence(ablation), "“scale” matters most: +0.0312 ± 0.0051 accuracy (12 runs, 3 reused, 42 s).");
});

test("an ablation that was cut short says so", () => {
  assert.match(ablationSentence({ ...ablation, complete: false }), /matters most so far:/);
});

test("an ablation without an answer says why", () => {
  assert.equal(
    ablationSentence({ ...ablation, impacts: [], problem: "The script has no metric." }),
    "No impact was measured: The script has no metric.",
  );
});

test("a refinement tells only a confirmed gain as a gain", () => {
  assert.equal(
    refinementSentence(refinement),
    "Encode categories by their target mean: accuracy +0.0123 (95% between +0.0051 and +0.0195, 5 pairs).",
  );
  const none = { ...refinement, best: null, candidates: [{ ...candidate, confirmed: null }] };
  assert.equal(refinementSentence(none), "No confirmed gain: 1 plan tried (12 runs, 3 reused, 42 s). The block stays as it is.");
  assert.equal(refinementSentence({ ...none, candidates: [], problem: "The block is protected." }), "The block is protected.");
});
