import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string; readonly markdownDescription?: string }>> };
  };
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
}

// npm runs the tests in the extension's folder.
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const properties = manifest.contributes.configuration.properties;

/** The fields of the server's `Settings`, as the editor writes them, without what it finds out itself. */
function serverSettings(): string[] {
  const source = readFileSync("../server/mlestar/config.py", "utf8");
  const body = /class Settings:\n([\s\S]*?)\n(?=\S)/.exec(source)?.[1] ?? "";
  const names = [...body.matchAll(/^ {4}([a-z_]+): /gm)].map((match) => match[1] ?? "");
  const given = names.filter((name) => name !== "warnings" && name !== "folder");
  return given.map((name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

function sentBehaviour(): string[] {
  const list = /export const BEHAVIOUR = \[([\s\S]*?)\]/.exec(readFileSync("src/settings.ts", "utf8"))?.[1] ?? "";
  return [...list.matchAll(/"([A-Za-z]+)"/g)].map((match) => match[1] ?? "");
}

test("settings, what is sent, and what the server knows are the same names", () => {
  const ours = Object.keys(properties).map((key) => key.replace(/^mlestar\./, ""));
  const behaviour = ours.filter((name) => name !== "server.command" && name !== "trace.server").sort();
  assert.ok(behaviour.length > 10);
  assert.deepEqual(behaviour, serverSettings().sort());
  assert.deepEqual(behaviour, sentBehaviour().sort());
});

test("every setting has a scope and a description", () => {
  for (const [key, { scope, markdownDescription }] of Object.entries(properties)) {
    assert.ok(["resource", "machine-overridable", "window"].includes(scope ?? ""), key);
    assert.ok((markdownDescription ?? "").endsWith("."), key);
  }
});

test("what names a program or a folder is restricted in an untrusted workspace", () => {
  const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
  for (const [key, { scope }] of Object.entries(properties)) {
    if (scope === "machine-overridable") {
      assert.ok(restricted.has(key), key);
    }
  }
  assert.ok(restricted.has("mlestar.arguments"));
});

test("every command is registered, and menus name only commands that exist", () => {
  const source = readFileSync("src/commands.ts", "utf8");
  const declared = manifest.contributes.commands.map(({ command }) => command);
  for (const command of declared) {
    assert.ok(source.includes(`"${command}":`), `${command} is declared and not registered`);
  }
  for (const { command } of Object.values(manifest.contributes.menus).flat()) {
    assert.ok(declared.includes(command), `${command} is in a menu and not declared`);
  }
});
