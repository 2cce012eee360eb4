// Takes the pictures of the README from the real editor: an example with its findings and measured impacts, and the diff
// of a measured rewrite. Run after `npm run package`:
//
//   node test/editor/pictures.mjs            writes docs/images/editor.png and docs/images/diff.png

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Editor } from "./editor.mjs";

const SCRIPT = "income.py";
/** The line in the middle of the first picture. */
const MIDDLE = "model = LogisticRegression";

const here = path.dirname(fileURLToPath(import.meta.url));
const extension = path.resolve(here, "../..");
const root = path.resolve(extension, "..");
const images = path.join(root, "docs", "images");
execFileSync("bash", [path.join(here, "setup.sh")], { stdio: "inherit" });
const cache = process.env.MLESTAR_EDITOR_CACHE ?? path.join(extension, ".code-server");
const python = process.env.MLESTAR_TEST_PYTHON ?? path.join(root, ".venv", "bin", "python");

const editor = await Editor.open({
  paths: JSON.parse(readFileSync(path.join(cache, "paths.json"), "utf8")),
  vsix: path.join(extension, "mlestar.vsix"),
  files: path.join(root, "examples"),
  settings: { "mlestar.server.command": [python, "-m", "mlestar", "lsp"], "mlestar.interpreter": python },
});
try {
  const lines = editor.read(SCRIPT).split("\n");
  const middle = lines.findIndex((line) => line.startsWith(MIDDLE)) + 1;
  const { page } = editor;
  await page.setViewportSize({ width: 1120, height: 760 });
  await editor.show(SCRIPT);
  await page.locator(".squiggly-warning, .squiggly-error").first().waitFor({ state: "attached", timeout: 60_000 }).catch(() => undefined);
  await editor.lens("Run ablation").first().click({ timeout: 60_000 });
  const answer = editor.notification(/matters most/);
  await answer.waitFor({ timeout: 580_000 });
  console.log(await answer.innerText());
  await answer.hover();
  await answer.locator(".codicon-notifications-clear").click();

  await page.keyboard.press("Control+b"); // the explorer away
  mkdirSync(images, { recursive: true });

  await editor.command("MLE-STAR: Optimise Block");
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "The most important block" }).click();
  const diff = page.locator(".monaco-diff-editor .line-insert").first();
  const ended = editor.notification(/No confirmed gain|No plan fits|failed/);
  await diff.or(ended).first().waitFor({ timeout: 580_000 });
  console.log(await page.locator(".notification-list-item").first().innerText());
  if (!(await diff.isVisible())) throw new Error("there is no confirmed rewrite to show");
  await page.waitForTimeout(1500);
  await page.screenshot({ path: path.join(images, "diff.png") });
  await page.locator(".notification-list-item .monaco-button", { hasText: "Discard" }).click();
  await page.locator(".monaco-diff-editor").waitFor({ state: "detached" });

  // The leak, the impacts and the lens that applies the rewrite.
  await editor.goTo(lines.length);
  await editor.goTo(middle); // out of view until now, so that it is put in the middle
  await editor.lens(/^Apply /).first().waitFor({ timeout: 30_000 });
  await page.locator(".squiggly-error, .squiggly-warning").first().hover({ force: true });
  await page.locator(".monaco-hover:visible", { hasText: "fitted on rows" }).first().waitFor({ timeout: 15_000 });
  await page.waitForTimeout(1500);
  await page.screenshot({ path: path.join(images, "editor.png") });
} catch (error) {
  await editor.page.screenshot({ path: path.join(extension, "test-results", "pictures-failure.png") });
  throw error;
} finally {
  await editor.close();
}
