import * as os from "node:os";
import * as vscode from "vscode";
import { substitute } from "./variables";

export const SECTION = "mlestar";

/** Settings that the server knows, by the names that it knows them by. */
export const BEHAVIOUR = [
  "interpreter",
  "arguments",
  "scripts",
  "workspace",
  "budget",
  "timeout",
  "memory",
  "parallel",
  "baselineSeeds",
  "screeningSeeds",
  "confirmationSeeds",
  "maxPlans",
  "objective",
  "roles",
  "ignore",
  "perPathIgnores",
  "exclude",
  "codeLens",
  "home",
  "screening",
  "threads",
  "gpus",
  "onBattery",
  "share",
  "selfCheck",
  "store",
  "sandbox",
  "network",
  "readable",
  "environment",
  "executor",
  "rayAddress",
] as const;

export type Behaviour = Partial<Record<(typeof BEHAVIOUR)[number], unknown>>;

const PATHS: ReadonlySet<string> = new Set(["interpreter", "workspace", "home"]);
/** What an untrusted workspace may not choose, as in `restrictedConfigurations` of package.json. */
const RESTRICTED: ReadonlySet<string> = new Set([
  "interpreter",
  "arguments",
  "scripts",
  "workspace",
  "home",
  "sandbox",
  "network",
  "readable",
  "environment",
  "executor",
  "rayAddress",
  "store",
]);

/**
 * What the user has set for a file or folder, and nothing else: a default is left out, for it would overrule what
 * `[tool.mlestar]` of the project says.
 */
export function behaviour(scope: vscode.Uri | undefined): Behaviour {
  const configuration = vscode.workspace.getConfiguration(SECTION, scope ?? null);
  const result: Behaviour = {};
  for (const name of BEHAVIOUR) {
    const value = chosen(configuration, name);
    if (value !== undefined && value !== null && value !== "") {
      result[name] = PATHS.has(name) && typeof value === "string" ? expand(value, scope) : value;
    }
  }
  return result;
}

/** The command that starts the server, with variables replaced; empty when it is not set. */
export function serverCommand(): string[] {
  const value = vscode.workspace.getConfiguration(SECTION).get<unknown>("server.command");
  return Array.isArray(value) ? value.map((word) => expand(String(word), undefined)) : [];
}

function chosen(configuration: vscode.WorkspaceConfiguration, name: string): unknown {
  const all = configuration.inspect(name);
  if (!vscode.workspace.isTrusted && RESTRICTED.has(name)) {
    return all?.globalValue;
  }
  return all?.workspaceFolderValue ?? all?.workspaceValue ?? all?.globalValue;
}

function expand(text: string, scope: vscode.Uri | undefined): string {
  const folder = (scope && vscode.workspace.getWorkspaceFolder(scope)) ?? vscode.workspace.workspaceFolders?.[0];
  return substitute(text, { workspaceFolder: folder?.uri.fsPath, home: os.homedir(), environment: process.env });
}
