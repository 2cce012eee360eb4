import * as vscode from "vscode";
import { Server } from "./client";
import { Commands, offerSetUp } from "./commands";
import { Logger } from "./logger";
import { Previews } from "./preview";
import { Python } from "./python";
import { SECTION } from "./settings";
import { Status } from "./status";
import { offer, Studies } from "./studies";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const logger = new Logger();
  const status = new Status();
  const python = new Python(logger);
  const started = new Server(python, logger);
  const studies = new Studies(started, status, logger);
  const previews = new Previews();
  const commands = new Commands(context, started, python, studies, previews, logger);
  started.takeOver = (command, args) => commands.takeOver(command, args);
  server = started;

  let told = false;
  const restartIfOutdated = async (reason: string): Promise<void> => {
    if (await started.isOutdated()) {
      await started.restart(reason);
    } else {
      await started.settingsChanged();
    }
  };
  context.subscriptions.push(
    logger,
    status,
    python,
    studies,
    previews,
    commands.register(),
    started.onDidChangeState((state) => {
      status.update(state);
      if (state.kind === "missing" && vscode.workspace.isTrusted && !told) {
        told = true; // Once a window is enough; the status item keeps saying it.
        void offerSetUp();
      } else if (state.kind === "failed") {
        void offer(`The MLE-STAR server is not running: ${state.reason}`, ["Show Logs", "mlestar.showLogs"], ["Restart Server", "mlestar.restartServer"]);
      }
    }),
    python.onDidChange(() => restartIfOutdated("another environment was selected")),
    vscode.workspace.onDidGrantWorkspaceTrust(() => restartIfOutdated("the workspace is trusted now")),
    vscode.workspace.onDidChangeConfiguration((event) =>
      event.affectsConfiguration(`${SECTION}.server.command`) ? started.restart("mlestar.server.command has changed") : undefined,
    ),
  );

  await started.restart("the extension was activated");
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
