import assert from "node:assert/strict";
import { test } from "node:test";
import { substitute } from "../../src/variables";

const values = { workspaceFolder: "/ws", home: "/home/ada", environment: { ENVS: "/envs" } };

const cases: [text: string, expected: string][] = [
  ["~/env/bin/python", "/home/ada/env/bin/python"],
  ["~", "/home/ada"],
  ["a~b/~", "a~b/~"],
  ["${workspaceFolder}/.venv/bin/python", "/ws/.venv/bin/python"],
  ["${userHome}/x", "/home/ada/x"],
  ["${env:ENVS}/a/bin/python", "/envs/a/bin/python"],
  ["${env:MISSING}/a", "/a"],
  ["${unknown}", "${unknown}"],
];

for (const [text, expected] of cases) {
  test(`${text} becomes ${expected}`, () => {
    assert.equal(substitute(text, values), expected);
  });
}

test("a replacement is taken literally, also with dollar signs", () => {
  assert.equal(substitute("~/x", { ...values, home: "/home/$&" }), "/home/$&/x");
});

test("without a folder the variable stays, so that the message about the missing file names it", () => {
  assert.equal(substitute("${workspaceFolder}/x", { ...values, workspaceFolder: undefined }), "${workspaceFolder}/x");
});
