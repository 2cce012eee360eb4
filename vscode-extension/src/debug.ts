import * as os from "node:os";
import * as vscode from "vscode";
import type { Server } from "./client";
import type { Python } from "./python";
import { behaviour } from "./settings";

/** What a bug report needs, as Markdown, without code, data or the script's arguments. */
export async function debugInformation(context: vscode.ExtensionContext, server: Server, python: Python): Promise<string> {
  const { state } = server;
  const { arguments: words, ...settings } = behaviour(vscode.workspace.workspaceFolders?.[0]?.uri);
  const manifest = context.extension.packageJSON as { readonly version: string };
  const { steps } = await python.findServer();
  const rows: [string, string][] = [
    ["extension", manifest.version],
    ["editor", `${vscode.env.appName} ${vscode.version}${vscode.env.remoteName === undefined ? "" : `, remote ${vscode.env.remoteName}`}`],
    ["system", `${os.platform()} ${os.release()} ${os.arch()}`],
    ["trusted", String(vscode.workspace.isTrusted)],
    ["folders", String(vscode.workspace.workspaceFolders?.length ?? 0)],
    ["server", state.kind === "running" ? `running, ${state.version}` : state.kind === "failed" ? `failed: ${state.reason}` : state.kind],
    ["server command", state.kind === "running" ? `${[state.command.command, ...state.command.args].join(" ")} (${state.command.origin})` : ""],
    ["settings", JSON.stringify({ ...settings, ...(Array.isArray(words) ? { arguments: `${words.length} words` } : {}) })],
  ];
  return [
    "## MLE-STAR debug information",
    "",
    ...rows.map(([name, value]) => `- **${name}**: ${value}`),
    "",
    "Search for the server:",
    "",
    ...steps.map((step) => `1. ${step}`),
    "",
  ].join("\n");
}
