import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { type LanguageClient, LSPErrorCodes, ResponseError, WorkDoneProgress } from "vscode-languageclient/node";
import type { Server } from "./client";
import { type Logger, sentence } from "./logger";
import { type AblationReport, type OptimiseParams, type RefinementReport, Request, type StudyParams } from "./protocol";
import type { Status } from "./status";

/** Runs studies: a cancellable notification with progress each, one at a time for each document. */
export class Studies implements vscode.Disposable {
  private readonly active = new Map<string, { readonly source: vscode.CancellationTokenSource; readonly ended: Promise<void> }>();

  constructor(
    private readonly server: Server,
    private readonly status: Status,
    private readonly logger: Logger,
  ) {}

  /** The impacts; undefined when there is no answer, which the person has been told then. */
  async ablate(uri: string): Promise<AblationReport | undefined> {
    return (await this.run(`Ablation of ${baseName(uri)}`, Request.ablate, { uri })) as AblationReport | undefined;
  }

  /** The candidates; undefined when there is no answer, which the person has been told then. */
  async optimise(params: OptimiseParams): Promise<RefinementReport | undefined> {
    return (await this.run(`Optimising ${baseName(params.uri)}`, Request.optimise, params)) as RefinementReport | undefined;
  }

  /** Cancels the study of one document, or all. */
  cancel(uri?: string): void {
    for (const [key, { source }] of this.active) {
      if (uri === undefined || uri === key) {
        source.cancel();
      }
    }
  }

  private async run(title: string, method: string, params: StudyParams): Promise<unknown> {
    if (!vscode.workspace.isTrusted) {
      void offer("Nothing of this workspace is run in Restricted Mode.", ["Manage Workspace Trust", "workbench.trust.manage"]);
      return undefined;
    }
    const client = this.server.running;
    if (client === undefined) {
      void offer("The MLE-STAR server is not running.", ["Restart Server", "mlestar.restartServer"], ["Show Logs", "mlestar.showLogs"]);
      return undefined;
    }
    // A study that was cancelled is about to end; what is asked for next has only to wait for that.
    for (let before = this.active.get(params.uri); before !== undefined; before = this.active.get(params.uri)) {
      if (!before.source.token.isCancellationRequested) {
        void offer(`A study of ${baseName(params.uri)} is running already.`, ["Cancel It", "mlestar.cancelStudy"]);
        return undefined;
      }
      await before.ended;
    }
    const source = new vscode.CancellationTokenSource();
    const answer = this.ask(client, title, method, params, source);
    const ended = answer.then(
      () => undefined,
      () => undefined,
    );
    this.active.set(params.uri, { source, ended });
    void vscode.commands.executeCommand("setContext", "mlestar.studyRunning", true);
    const running = this.status.studyStarted(title);
    this.logger.info(`${title}: started`);
    try {
      const report = await answer;
      this.logger.info(`${title}: finished`);
      return report ?? undefined;
    } catch (error) {
      this.explain(title, error, source.token.isCancellationRequested);
      return undefined;
    } finally {
      running.dispose();
      source.dispose();
      this.active.delete(params.uri);
      void vscode.commands.executeCommand("setContext", "mlestar.studyRunning", this.active.size > 0);
    }
  }

  /** Sends the request, under a notification that shows its progress and can cancel it. */
  private async ask(client: LanguageClient, title: string, method: string, params: StudyParams, source: vscode.CancellationTokenSource): Promise<unknown> {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (progress, token) => {
      const workDoneToken = randomUUID();
      let reached = 0;
      const subscriptions = vscode.Disposable.from(
        token.onCancellationRequested(() => {
          source.cancel();
        }),
        client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
          if (value.kind === "end") {
            return;
          }
          const percentage = Math.max(reached, value.percentage ?? 0);
          progress.report({ increment: percentage - reached, ...(value.message === undefined ? {} : { message: value.message }) });
          reached = percentage;
        }),
      );
      try {
        return await client.sendRequest<unknown>(method, { ...params, workDoneToken }, source.token);
      } finally {
        subscriptions.dispose();
      }
    });
  }

  private explain(title: string, error: unknown, cancelled: boolean): void {
    if (cancelled || (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled)) {
      this.logger.info(`${title}: cancelled`);
      vscode.window.setStatusBarMessage("$(circle-slash) Cancelled; finished runs are kept and not repeated.", 6000);
      return;
    }
    this.logger.error(`${title}: failed`, error);
    void offer(`${title} failed: ${sentence(error)}`, ["Show Logs", "mlestar.showServerLog"]);
  }

  dispose(): void {
    this.cancel();
  }
}

/** A message that answers something the person did, with commands as its buttons. */
export async function offer(message: string, ...actions: [title: string, command: string][]): Promise<void> {
  const choice = await vscode.window.showWarningMessage(message, ...actions.map(([title]) => title));
  const command = actions.find(([title]) => title === choice)?.[1];
  if (command !== undefined) {
    await vscode.commands.executeCommand(command);
  }
}

export function baseName(uri: string): string {
  return vscode.Uri.parse(uri).path.split("/").pop() ?? uri;
}
