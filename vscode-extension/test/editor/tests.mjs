// What a person does in the editor, and what they must see. Every test gets an editor of its own.

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sleep, until } from "./editor.mjs";

const SCRIPT = "train.py";
const LEAK = "X = scaler.fit_transform(X)";

/** Small studies: enough runs for a verdict. */
const SMALL = {
  "mlestar.baselineSeeds": 2,
  "mlestar.screeningSeeds": 2,
  "mlestar.confirmationSeeds": 5,
  "mlestar.maxPlans": 3,
  "mlestar.budget": "4m",
};

function withServer({ python, here }, settings = {}) {
  return {
    files: path.join(here, "workspace"),
    settings: { "mlestar.server.command": [python, "-m", "mlestar", "lsp"], "mlestar.interpreter": python, ...SMALL, ...settings },
  };
}

/** PATH without any folder that has `mlestar`. */
function pathWithoutServer() {
  return process.env.PATH.split(path.delimiter).filter((folder) => !existsSync(path.join(folder, "mlestar"))).join(path.delimiter);
}

function readScript({ here }) {
  return readFileSync(path.join(here, "workspace", SCRIPT), "utf8");
}

function lineOf(text, part) {
  const line = text.split("\n").findIndex((content) => content.includes(part)) + 1;
  assert.ok(line > 0, `${part} is not in the script`);
  return line;
}

async function findingAndLens(editor) {
  await editor.page.locator(".squiggly-warning, .squiggly-error").first().waitFor({ timeout: 60_000 });
  await editor.lens("Run ablation").first().waitFor({ timeout: 30_000 });
}

async function savedText(editor, what, accept) {
  return until(what, 15_000, () => {
    const text = editor.read(SCRIPT);
    return accept(text) && text;
  });
}

const findings = {
  name: "a finding is shown and fixed",
  options: (context) => withServer(context),
  async run(editor, { shoot }) {
    const original = editor.read(SCRIPT);
    await editor.show(SCRIPT);
    await findingAndLens(editor);
    await shoot("finding");
    await editor.page.locator(".view-line", { hasText: LEAK }).locator("span", { hasText: "fit_transform" }).last().hover();
    const explained = editor.page.locator(".monaco-hover:visible", { hasText: "is fitted on rows that hold the test rows" });
    await explained.first().waitFor({ timeout: 15_000 });
    await shoot("hover");

    const line = lineOf(original, LEAK);
    await editor.page.mouse.move(0, 0);
    await editor.goTo(line, LEAK.indexOf("fit_transform") + 1);
    const fixes = editor.page.locator(".action-widget .monaco-list-row.action");
    // A moment after the cursor moved the editor asks by itself, and drops an answer that was asked for just before.
    for (let attempt = 1; (await fixes.count()) === 0; attempt++) {
      await editor.page.keyboard.press("Control+.");
      await fixes.first().waitFor({ timeout: 5_000 }).catch((error) => {
        if (attempt === 4) throw error;
      });
    }
    await shoot("quick-fix");
    await fixes.filter({ hasNotText: /^(Disable|Optimise|Try:|Apply measured)/ }).first().click();
    await fixes.first().waitFor({ state: "hidden" });
    await until("the finding is gone", 20_000, async () => (await editor.page.locator(".squiggly-warning, .squiggly-error").count()) === 0);
    await editor.save();
    const fixed = await savedText(editor, "the fix is on disk", (text) => text !== original);
    await shoot("fixed");
    assert.ok(!fixed.includes(LEAK), "the fix removes the leaking call");
    assert.ok(lineOf(fixed, "train_test_split(") < lineOf(fixed, "fit_transform("), "the scaler is fitted after the split");

    await editor.page.keyboard.press("Control+z");
    await editor.save();
    await savedText(editor, "one undo takes the fix back", (text) => text === original);
  },
};

const study = {
  name: "blocks are measured and a rewrite is applied",
  options: (context) => withServer(context),
  async run(editor, { shoot }) {
    const original = editor.read(SCRIPT);
    await editor.show(SCRIPT);
    await findingAndLens(editor);

    // Cancelled, and started again.
    await editor.lens("Run ablation").first().click();
    const progress = editor.notification("Ablation of train.py");
    await progress.waitFor({ timeout: 10_000 });
    await progress.hover();
    await progress.locator(".monaco-button", { hasText: "Cancel" }).click();
    await progress.waitFor({ state: "detached", timeout: 10_000 });

    await editor.lens(/Run ablation/).first().click();
    await progress.waitFor({ timeout: 10_000 });
    await until("the progress names a run", 60_000, async () => /run \d+ of \d+/.test(await progress.innerText()));
    await shoot("ablation-running");
    await editor.lens(/impact [+-]/).first().waitFor({ timeout: 480_000 });
    const answer = editor.notification(/matters most/);
    await answer.waitFor({ timeout: 480_000 });
    await shoot("impacts");
    await answer.hover();
    await answer.locator(".codicon-notifications-clear").click();
    assert.equal(editor.read(SCRIPT), original, "a study does not touch the file");

    // The model's block.
    await editor.goTo(lineOf(original, "model = LogisticRegression"));
    const lenses = editor.page.locator(".codelens-decoration", { hasText: /^(model|train)\b/ });
    await lenses.first().locator("a", { hasText: "Optimise this block" }).click();
    await editor.notification("Optimising train.py").waitFor({ timeout: 10_000 });
    await shoot("optimising");
    const diff = editor.page.locator(".monaco-diff-editor .line-insert").first();
    const ended = editor.notification(/No confirmed gain|No plan fits|failed:|There is nothing to apply/);
    await diff.or(ended).first().waitFor({ timeout: 480_000 });
    assert.ok(await diff.isVisible(), (await ended.allInnerTexts()).join());
    await shoot("diff");
    await editor.notification(/accuracy \+/).locator(".monaco-button", { hasText: "Apply" }).click();
    await editor.page.locator(".monaco-diff-editor").waitFor({ state: "detached", timeout: 20_000 });
    await editor.save();
    const applied = await savedText(editor, "the rewrite is on disk", (text) => text !== original);
    await shoot("applied");
    assert.ok(applied.includes(LEAK), "nothing outside the block has changed");
    assert.ok(applied.endsWith(original.slice(original.indexOf("# ---- evaluate"))), "the evaluation is as it was");

    await editor.page.keyboard.press("Control+z");
    await editor.save();
    await savedText(editor, "one undo takes the rewrite back", (text) => text === original);

    // What was measured is there again in a new window, and on a page.
    await editor.show(SCRIPT);
    await editor.lens(/impact [+-]/).first().waitFor({ timeout: 60_000 });
    await editor.command("MLE-STAR: Show Results of the Last Study");
    const page = editor.page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
    await page.locator("table", { hasText: "verdict" }).first().waitFor({ timeout: 30_000 });
    await shoot("results");
  },
};

const restricted = {
  name: "nothing of an untrusted workspace is run",
  options(context) {
    // A server in the workspace's own environment, and a setting of the workspace that names it; both leave a mark when run.
    const outside = mkdtempSync(path.join(tmpdir(), "mlestar-mark-"));
    const mark = path.join(outside, "was-run");
    const files = path.join(outside, "ws");
    for (const folder of [".vscode", ".venv/bin"]) mkdirSync(path.join(files, folder), { recursive: true });
    writeFileSync(path.join(files, SCRIPT), `open(${JSON.stringify(mark)}, "w").close()\n${readScript(context)}`);
    const trap = path.join(files, ".venv", "bin", "mlestar");
    writeFileSync(trap, `#!/bin/sh\n: > '${mark}'\nexec '${context.python}' -m mlestar "$@"\n`);
    chmodSync(trap, 0o755);
    writeFileSync(path.join(files, ".vscode", "settings.json"), JSON.stringify({ "mlestar.server.command": [".venv/bin/mlestar"] }));
    // The server that the user has, where pipx puts it.
    const prepare = (home) => {
      const bin = path.join(home, ".local", "bin");
      mkdirSync(bin, { recursive: true });
      writeFileSync(path.join(bin, "mlestar"), `#!/bin/sh\nexec '${context.python}' -m mlestar "$@"\n`);
      chmodSync(path.join(bin, "mlestar"), 0o755);
    };
    restricted.mark = mark;
    return { files, trusted: false, remove: [outside], prepare, environment: { PATH: pathWithoutServer() }, settings: SMALL };
  },
  async run(editor, { shoot }) {
    await editor.show(SCRIPT);
    await findingAndLens(editor);
    await editor.page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
    await editor.lens("Run ablation").first().click();
    const refusal = editor.notification("Restricted Mode");
    await refusal.waitFor({ timeout: 10_000 });
    await shoot("restricted");
    assert.ok(!existsSync(restricted.mark), "something of the workspace was run");

    // Trust takes effect at once, without a reload: now the workspace's own environment is the server.
    await refusal.locator(".monaco-button", { hasText: "Manage Workspace Trust" }).click();
    await editor.page.locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust$/ }).first().click();
    await until("the environment of the trusted workspace is used", 30_000, () => existsSync(restricted.mark));
    await shoot("trusted");
  },
};

const missing = {
  name: "without a server one message says what to do",
  options: ({ here }) => ({ files: path.join(here, "workspace"), environment: { PATH: pathWithoutServer() } }),
  async run(editor, { shoot }) {
    await editor.show(SCRIPT);
    const message = editor.notification("was not found");
    await message.waitFor({ timeout: 60_000 });
    await shoot("missing");
    assert.equal(await editor.page.locator(".notification-list-item").count(), 1);
    await message.locator(".monaco-button", { hasText: "Show Logs" }).click();
    const log = editor.page.locator(".part.panel .view-line", { hasText: "looking for the server: PATH" });
    // An editor that is still restoring its layout may close a panel again; then a person opens it from the palette.
    await sleep(2000);
    if (!(await log.first().isVisible())) await editor.command("MLE-STAR: Show Logs");
    await log.first().waitFor({ timeout: 10_000 });
    await shoot("log");
  },
};

const broken = {
  name: "a server that does not start is told once, with the way to its log",
  options: ({ here }) => ({ files: path.join(here, "workspace"), settings: { "mlestar.server.command": ["/bin/false"] } }),
  async run(editor, { shoot }) {
    await editor.show(SCRIPT);
    const message = editor.notification("server is not running");
    await message.waitFor({ timeout: 60_000 });
    await sleep(5000);
    await shoot("broken");
    assert.equal(await editor.page.locator(".notification-list-item").count(), 1);
    await message.locator(".monaco-button", { hasText: "Show Logs" }).waitFor();
  },
};

const settings = {
  name: "the project's settings hold until the editor's say otherwise",
  options(context) {
    const outside = mkdtempSync(path.join(tmpdir(), "mlestar-settings-"));
    writeFileSync(path.join(outside, SCRIPT), readScript(context));
    writeFileSync(path.join(outside, "pyproject.toml"), '[tool.mlestar]\nignore = ["L101"]\n');
    return { ...withServer(context), files: outside, remove: [outside] };
  },
  async run(editor, { shoot }) {
    const squiggles = editor.page.locator(".squiggly-warning, .squiggly-error");
    await editor.show(SCRIPT);
    await editor.lens("Run ablation").first().waitFor({ timeout: 60_000 });
    await sleep(2000);
    await shoot("project");
    const overruled = "a default of the editor has overruled pyproject.toml";
    assert.equal(await squiggles.count(), 0, overruled);

    const set = (values) => writeFileSync(editor.file(".vscode/settings.json"), JSON.stringify(values));
    mkdirSync(editor.file(".vscode"));
    set({ "mlestar.codeLens": false });
    await editor.lens("Run ablation").first().waitFor({ state: "detached", timeout: 30_000 });
    await sleep(2000);
    assert.equal(await squiggles.count(), 0, overruled);

    set({ "mlestar.ignore": [] });
    await editor.lens("Run ablation").first().waitFor({ timeout: 30_000 });
    await squiggles.first().waitFor({ timeout: 30_000 });
    await shoot("editor");
  },
};

export const tests = [settings, broken, missing, findings, study, restricted];
