// A real editor for one test: code-server on a free port of this machine, driven by Chromium. Nothing leaves the machine.

import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "workbench.layoutControl.enabled": false,
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
  "window.commandCenter": false,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "remote.autoForwardPorts": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "git.enabled": false,
  "editor.minimap.enabled": false,
  "editor.accessibilitySupport": "off",
  "editor.cursorBlinking": "solid",
  "editor.occurrencesHighlight": "off",
  "editor.stickyScroll.enabled": false,
  "editor.fontSize": 13,
  "files.autoSave": "off",
  "diffEditor.renderSideBySide": true,
  "diffEditor.hideUnchangedRegions.enabled": true,
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
};

export class Editor {
  /** Starts everything. `files` is copied to the workspace; `settings` are the user's; `trusted` false: Restricted Mode;
   * `prepare` gets the folder that becomes the user's home; the folders `remove` go when the editor is closed. */
  static async open({ paths, vsix, files, settings = {}, trusted = true, environment = {}, prepare = () => undefined, remove = [] }) {
    const editor = new Editor();
    editor.remove = remove;
    editor.root = mkdtempSync(path.join(tmpdir(), "mlestar-editor-"));
    editor.workspace = path.join(editor.root, "ws");
    cpSync(files, editor.workspace, { recursive: true });
    const home = path.join(editor.root, "home");
    const userData = path.join(editor.root, "data");
    const extensions = path.join(editor.root, "extensions");
    for (const folder of [home, extensions, path.join(userData, "User"), path.join(userData, "Machine"), path.join(editor.root, "tmp")]) {
      mkdirSync(folder, { recursive: true });
    }
    writeFileSync(path.join(userData, "User", "settings.json"), JSON.stringify(QUIET));
    // To the window the server is another machine: settings that name programs and folders count only from here.
    writeFileSync(path.join(userData, "Machine", "settings.json"), JSON.stringify(settings));
    writeFileSync(path.join(editor.root, "config.yaml"), "");

    const env = {
      PATH: process.env.PATH,
      LANG: "C.UTF-8",
      HOME: home,
      TMPDIR: path.join(editor.root, "tmp"),
      XDG_CONFIG_HOME: path.join(home, ".config"),
      XDG_DATA_HOME: path.join(home, ".local", "share"),
      XDG_STATE_HOME: path.join(home, ".local", "state"),
      XDG_CACHE_HOME: path.join(home, ".cache"),
      EXTENSIONS_GALLERY: "{}",
      ...environment,
    };
    editor.home = home;
    prepare(home);
    const common = ["--user-data-dir", userData, "--extensions-dir", extensions, "--config", path.join(editor.root, "config.yaml")];
    await promisify(execFile)(paths.node, [paths.codeServer, ...common, "--install-extension", vsix], { env, timeout: 120_000 });

    const port = await freePort();
    const flags = ["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check"];
    // A group of its own, so that everything it started can be ended with it.
    editor.server = spawn(paths.node, [paths.codeServer, ...common, ...flags, ...(trusted ? ["--disable-workspace-trust"] : [])], {
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    editor.output = "";
    for (const stream of [editor.server.stdout, editor.server.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (editor.output += text));
    }
    const url = `http://127.0.0.1:${port}`;
    await until(`code-server answers on ${url}`, 60_000, async () => (await fetch(`${url}/healthz`)).ok);

    editor.browser = await chromium.launch({
      executablePath: paths.browser,
      args: [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      ],
    });
    const context = await editor.browser.newContext({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 });
    editor.page = await context.newPage();
    editor.url = url;
    editor.logs = path.join(userData, "logs");
    return editor;
  }

  file(name) {
    return path.join(this.workspace, name);
  }

  read(name) {
    return readFileSync(this.file(name), "utf8");
  }

  /** Opens a file of the workspace in a fresh window. */
  async show(name) {
    const host = new URL(this.url).host;
    const payload = JSON.stringify([["openFile", `vscode-remote://${host}${this.file(name)}`]]);
    const query = new URLSearchParams({ folder: this.workspace, payload });
    await this.page.goto(`${this.url}/?${query}`, { waitUntil: "domcontentloaded" });
    await this.page.locator(".monaco-editor .view-line").first().waitFor({ timeout: 90_000 });
    // Until the workbench is restored it may still close a panel that was opened meanwhile.
    await this.page.waitForFunction(() => performance.getEntriesByName("code/didStartWorkbench").length > 0, undefined, { timeout: 60_000 });
    await sleep(1000);
  }

  /** Runs a command of the palette by its title. */
  async command(title) {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input").first().fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
  }

  async goTo(line, column = 1) {
    await this.page.keyboard.press("Control+g");
    await this.page.locator(".quick-input-widget input").first().fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  /** Puts a line of code at the top of the view. */
  async scrollTo(line) {
    await this.goTo(line);
    await this.page.waitForTimeout(300);
  }

  lens(text) {
    return this.page.locator(".codelens-decoration a", { hasText: text });
  }

  notification(text) {
    return this.page.locator(".notification-list-item", { hasText: text });
  }

  async save() {
    await this.page.keyboard.press("Control+s");
  }

  /** Copies the logs of the editor and of the language server to a folder that survives. */
  keepLogs(folder) {
    cpSync(this.logs, folder, { recursive: true });
    writeFileSync(path.join(folder, "code-server.log"), this.output);
  }

  /** Ends the editor and everything it started. */
  async close() {
    await this.browser?.close();
    if (this.server?.pid !== undefined && this.server.exitCode === null) {
      process.kill(-this.server.pid, "SIGTERM");
      await Promise.race([new Promise((resolve) => this.server.once("exit", resolve)), sleep(5000)]);
      try {
        process.kill(-this.server.pid, "SIGKILL");
      } catch (error) {
        if (error.code !== "ESRCH") throw error; // ESRCH: all gone already
      }
    }
    for (const folder of [this.root, ...this.remove]) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until `check` gives something true, and returns it. */
export async function until(what, timeout, check) {
  const end = Date.now() + timeout;
  let last;
  while (Date.now() < end) {
    try {
      const value = await check();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(150);
  }
  throw new Error(`after ${timeout / 1000} s still not: ${what}${last ? ` (${last.message.split("\n")[0]})` : ""}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
