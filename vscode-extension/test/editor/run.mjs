// Drives the packaged extension in a real editor. Screenshots of every step land in test-results/.
//
//   node test/editor/run.mjs [NAME ...]      all tests, or those whose name contains a word
//
//   MLESTAR_TEST_PYTHON    Python whose `-m mlestar lsp` is the server (default: the project's .venv)
//   MLESTAR_EDITOR_TEST    auto: report as skipped, with the reason, where the editor cannot be had (default: fail)
//   MLESTAR_EDITOR_CACHE   folder of code-server (default: .code-server)

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Editor } from "./editor.mjs";
import { tests } from "./tests.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const extension = path.resolve(here, "../..");
const root = path.resolve(extension, "..");
const results = path.join(extension, "test-results");
const cache = process.env.MLESTAR_EDITOR_CACHE ?? path.join(extension, ".code-server");

const setup = spawnSync("bash", [path.join(here, "setup.sh")], { stdio: ["ignore", "inherit", "pipe"], encoding: "utf8" });
if (setup.status !== 0) {
  const reason = setup.stderr.trim().split("\n").pop();
  if (process.env.MLESTAR_EDITOR_TEST === "auto") {
    console.log(`SKIPPED ${reason}`);
    process.exit(0);
  }
  console.error(`FAILED ${setup.stderr.trim()}`);
  process.exit(1);
}

const python = process.env.MLESTAR_TEST_PYTHON ?? path.join(root, ".venv", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const vsix = path.join(extension, "mlestar.vsix");
for (const [what, file] of [["Python with mlestar (MLESTAR_TEST_PYTHON)", python], ["packaged extension (npm run package)", vsix]]) {
  if (!existsSync(file)) {
    console.error(`FAILED there is no ${what}: ${file}`);
    process.exit(1);
  }
}

const paths = JSON.parse(readFileSync(path.join(cache, "paths.json"), "utf8"));
const words = process.argv.slice(2);
const chosen = tests.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

let failed = 0;
for (const { name, options, run } of chosen) {
  const started = Date.now();
  let editor;
  let shots = 0;
  const shoot = async (title) => {
    shots += 1;
    const file = path.join(results, `${name.replace(/\W+/g, "-")}-${shots}-${title}.png`);
    await editor.page.screenshot({ path: file });
  };
  try {
    editor = await Editor.open({ paths, vsix, ...options({ python, root, here }) });
    await run(editor, { shoot, python });
    console.log(`ok     ${name} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name} (${((Date.now() - started) / 1000).toFixed(0)} s)\n${error.stack}`);
    if (editor?.page) {
      await shoot("failure");
      editor.keepLogs(path.join(results, `${name.replace(/\W+/g, "-")}-logs`));
      console.log(`screenshots and logs are in ${results}`);
    }
  } finally {
    await editor?.close();
  }
}
console.log(failed === 0 ? `${chosen.length} editor tests passed` : `${failed} of ${chosen.length} editor tests failed`);
process.exit(failed === 0 && chosen.length > 0 ? 0 : 1);
