import * as vscode from "vscode";
import type { ServerState } from "./client";

/** The language status item of Python files: what the server is doing, with the one command that helps. */
export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("mlestar.server", [{ language: "python" }]);
  private state: ServerState = { kind: "stopped" };
  private readonly studies = new Set<string>();

  constructor() {
    this.item.name = "MLE-STAR";
    this.render();
  }

  update(state: ServerState): void {
    this.state = state;
    this.render();
  }

  studyStarted(title: string): vscode.Disposable {
    this.studies.add(title);
    this.render();
    return new vscode.Disposable(() => {
      this.studies.delete(title);
      this.render();
    });
  }

  private render(): void {
    const { text, detail, severity, command } = describe(this.state);
    const [study] = this.studies;
    this.item.text = study ?? text;
    this.item.busy = this.state.kind === "starting" || study !== undefined;
    this.item.severity = severity;
    this.item.detail = detail;
    this.item.command = study === undefined ? command : { title: "Cancel", command: "mlestar.cancelStudy" };
  }

  dispose(): void {
    this.item.dispose();
  }
}

interface Rendered {
  readonly text: string;
  readonly detail: string;
  readonly severity: vscode.LanguageStatusSeverity;
  readonly command: vscode.Command;
}

function describe(state: ServerState): Rendered {
  const { Information, Warning, Error: Failed } = vscode.LanguageStatusSeverity;
  const logs = { title: "Show Logs", command: "mlestar.showLogs" };
  const restart = { title: "Restart", command: "mlestar.restartServer" };
  switch (state.kind) {
    case "starting":
      return { text: "MLE-STAR", detail: "starting", severity: Information, command: logs };
    case "running":
      return vscode.workspace.isTrusted
        ? { text: "MLE-STAR", detail: state.version, severity: Information, command: { title: "Show Log", command: "mlestar.showServerLog" } }
        : {
            text: "MLE-STAR (restricted)",
            detail: "findings only; trust the workspace to run its scripts",
            severity: Warning,
            command: { title: "Manage Trust", command: "workbench.trust.manage" },
          };
    case "stopped":
      return { text: "MLE-STAR", detail: "the server is stopped", severity: Warning, command: restart };
    case "missing":
      return {
        text: "MLE-STAR",
        detail: "the language server was not found",
        severity: Failed,
        command: { title: "Set Up", command: "mlestar.setUpServer" },
      };
    case "failed":
      return { text: "MLE-STAR", detail: `the server is not running: ${state.reason}`, severity: Failed, command: logs };
  }
}
