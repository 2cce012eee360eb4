import assert from "node:assert/strict";
import { test } from "node:test";
import { findServer, type Machine, type Question } from "../../src/discovery";

const nothing: Question = { setting: [], interpreters: [], folders: [], trusted: true };

function machine(files: string[], environment: Record<string, string> = {}): Machine {
  return { platform: "linux", environment, home: "/home/ada", isFile: (file) => files.includes(file) };
}

const everywhere = machine(
  ["/ws/.venv/bin/mlestar", "/conda/bin/mlestar", "/active/bin/mlestar", "/usr/bin/mlestar", "/home/ada/.local/bin/mlestar"],
  { VIRTUAL_ENV: "/active", PATH: "relative:/bin:/usr/bin" },
);

test("the setting wins, and lsp is added only when it is missing", () => {
  const bare = findServer({ ...nothing, setting: ["/opt/mlestar"] }, everywhere);
  assert.deepEqual(bare.found, { command: "/opt/mlestar", args: ["lsp"], origin: "setting mlestar.server.command" });
  const whole = findServer({ ...nothing, setting: ["/opt/python", "-m", "mlestar", "lsp", "--log-level", "debug"] }, everywhere);
  assert.deepEqual(whole.found?.args, ["-m", "mlestar", "lsp", "--log-level", "debug"]);
});

test("the order is: Python extension, folders of the workspace, VIRTUAL_ENV, PATH, ~/.local/bin", () => {
  const question: Question = { ...nothing, interpreters: ["/conda/bin/python"], folders: ["/ws"] };
  const order: (string | undefined)[] = [];
  const files = ["/conda/bin/mlestar", "/ws/.venv/bin/mlestar", "/active/bin/mlestar", "/usr/bin/mlestar", "/home/ada/.local/bin/mlestar"];
  while (files.length > 0) {
    order.push(findServer(question, machine(files, everywhere.environment as Record<string, string>)).found?.command);
    files.shift();
  }
  assert.deepEqual(order, ["/conda/bin/mlestar", "/ws/.venv/bin/mlestar", "/active/bin/mlestar", "/usr/bin/mlestar", "/home/ada/.local/bin/mlestar"]);
});

test("an untrusted workspace does not choose what is started", () => {
  const question: Question = { ...nothing, interpreters: ["/ws/.venv/bin/python"], folders: ["/ws"], trusted: false };
  const inside = machine(["/ws/.venv/bin/mlestar"], { VIRTUAL_ENV: "/ws/.venv", PATH: "/ws/.venv/bin" });
  assert.equal(findServer(question, inside).found, undefined);
  assert.equal(findServer(question, everywhere).found?.command, "/active/bin/mlestar");
});

test("a relative entry of PATH is never used", () => {
  const answer = findServer(nothing, machine(["relative/mlestar"], { PATH: "relative:." }));
  assert.equal(answer.found, undefined);
});

test("every place is logged, also when nothing is found", () => {
  const { found, steps } = findServer({ ...nothing, folders: ["/ws"] }, machine([], { PATH: "/usr/bin" }));
  assert.equal(found, undefined);
  assert.deepEqual(steps, [
    "setting mlestar.server.command: not set",
    "workspace environment: no /ws/.venv/bin/mlestar",
    "workspace environment: no /ws/venv/bin/mlestar",
    "workspace environment: no /ws/env/bin/mlestar",
    "VIRTUAL_ENV: not set",
    "CONDA_PREFIX: not set",
    "PATH: no /usr/bin/mlestar",
    "pipx or uv tool: no /home/ada/.local/bin/mlestar",
  ]);
});
