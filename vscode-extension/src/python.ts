import { statSync } from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import { findServer, type Answer, type Machine } from "./discovery";
import type { Logger } from "./logger";
import { serverCommand } from "./settings";

const machine: Machine = {
  platform: process.platform,
  environment: process.env,
  home: os.homedir(),
  isFile: (file) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false,
};

/** The part of the Python extension's API that is used here; the extension itself is optional. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** Which Python the user chose, and where the language server is; every step is logged. */
export class Python implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly disposables: { dispose(): unknown }[] = [this.changed];
  private api: Promise<PythonApi | undefined> | undefined;

  /** Fires when another environment was selected in the Python extension. */
  readonly onDidChange: vscode.Event<void> = this.changed.event;

  constructor(private readonly logger: Logger) {}

  /**
   * Looks for the language server in the order that `findServer` documents: setting, environment of the workspace,
   * active environment and `PATH`.
   */
  async findServer(): Promise<Answer> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
    const interpreters = await Promise.all(folders.map((folder) => this.interpreter(folder.uri)));
    const answer = findServer(
      {
        setting: serverCommand(),
        interpreters: [...new Set(interpreters.filter((value) => value !== undefined))],
        folders: folders.map((folder) => folder.uri.fsPath),
        trusted: vscode.workspace.isTrusted,
      },
      machine,
    );
    for (const step of answer.steps) {
      this.logger.info(`looking for the server: ${step}`);
    }
    return answer;
  }

  /** The interpreter selected in the Python extension for a file or folder; undefined without that extension. */
  async interpreter(resource: vscode.Uri | undefined): Promise<string | undefined> {
    if (!vscode.workspace.isTrusted) {
      return undefined;
    }
    this.api ??= this.activate();
    const api = await this.api;
    const selected = api?.environments.getActiveEnvironmentPath(resource).path;
    // Without a selection the extension answers the bare word "python".
    return selected !== undefined && /[\\/]/.test(selected) ? selected : undefined;
  }

  private async activate(): Promise<PythonApi | undefined> {
    const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
    if (extension === undefined) {
      this.logger.info("the Python extension is not installed; interpreters come from settings and the workspace");
      return undefined;
    }
    try {
      const api = await extension.activate();
      this.disposables.push(
        api.environments.onDidChangeActiveEnvironmentPath(() => {
          this.changed.fire();
        }),
      );
      return api;
    } catch (error) {
      this.logger.error("the Python extension did not start; going on without it", error);
      return undefined;
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }
}
