import * as vscode from "vscode";
import type { Server } from "./client";
import { ablationPage, ablationSentence, refinementPage, refinementSentence } from "./describe";
import { debugInformation } from "./debug";
import { type Logger, sentence } from "./logger";
import type { Previews } from "./preview";
import { type AnalysisReport, type ApplyParams, type ApplyResult, Request, ServerCommand } from "./protocol";
import type { Python } from "./python";
import { baseName, offer, type Studies } from "./studies";

/** Everything that a person can start: from the palette, a menu, a lens or a code action. */
export class Commands {
  private page: { readonly name: string; readonly text: string } | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
    private readonly python: Python,
    private readonly studies: Studies,
    private readonly previews: Previews,
    private readonly logger: Logger,
  ) {}

  register(): vscode.Disposable {
    const commands: Record<string, (...args: never[]) => unknown> = {
      "mlestar.runAblation": (uri?: vscode.Uri) => this.ablate(target(uri)),
      "mlestar.optimiseBlock": (uri?: vscode.Uri) => this.pickAndOptimise(target(uri)),
      "mlestar.cancelStudy": () => {
        this.studies.cancelAll();
      },
      "mlestar.showResults": () => this.showResults(),
      "mlestar.restartServer": () => this.server.restart("asked for"),
      "mlestar.setUpServer": () => offerSetUp(),
      "mlestar.showLogs": () => {
        this.logger.extension.show();
      },
      "mlestar.showServerLog": () => {
        this.logger.server.show();
      },
      "mlestar.copyDebugInformation": () => this.copyDebugInformation(),
      "mlestar.applyPreview": (uri?: vscode.Uri) => this.decide(uri, "apply"),
      "mlestar.discardPreview": (uri?: vscode.Uri) => this.decide(uri, "discard"),
    };
    return vscode.Disposable.from(...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)));
  }

  /**
   * Takes over the server's commands that lenses and code actions carry: in VS Code a study runs as a cancellable
   * request with progress, and a rewrite is shown before it is applied.
   */
  takeOver(command: string, args: readonly unknown[]): Promise<unknown> | undefined {
    const [uri, blockId, planId] = args.map((value) => (typeof value === "string" ? value : undefined));
    switch (command) {
      case ServerCommand.ablate:
        return this.ablate(uri);
      case ServerCommand.optimise:
        return this.optimise(uri, blockId, planId);
      case ServerCommand.cancel:
        this.studies.cancelAll();
        return Promise.resolve();
      default:
        return undefined;
    }
  }

  private async ablate(uri: string | undefined): Promise<void> {
    if (uri === undefined) {
      void offer("Open a Python training script first.");
      return;
    }
    const report = await this.studies.ablate(uri);
    if (report === undefined) {
      return;
    }
    this.page = { name: `impacts of ${baseName(uri)}`, text: ablationPage(report) };
    const measured = report.impacts.some((impact) => impact.mean !== null);
    const [optimise, details] = ["Optimise It", "Show All"];
    const show = measured ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    const choice = await show(ablationSentence(report), ...(measured ? [optimise, details] : [details]));
    if (choice === optimise) {
      await this.optimise(uri);
    } else if (choice === details) {
      await this.showResults();
    }
  }

  private async pickAndOptimise(uri: string | undefined): Promise<void> {
    const client = this.server.running;
    if (uri === undefined || client === undefined) {
      void offer(uri === undefined ? "Open a Python training script first." : "The MLE-STAR server is not running.", ["Show Logs", "mlestar.showLogs"]);
      return;
    }
    const analysis = await client.sendRequest<AnalysisReport | null>(Request.analysis, { uri });
    const line = vscode.window.activeTextEditor?.selection.active.line ?? -1;
    const items: (vscode.QuickPickItem & { readonly id: string | undefined })[] = (analysis?.blocks ?? [])
      .filter((block) => !block.protected)
      .map((block) => ({
        label: block.title,
        description: block.role,
        detail: block.firstLine <= line && line <= block.lastLine ? "the block at the cursor" : "",
        id: block.id,
      }))
      .sort((a, b) => b.detail.length - a.detail.length);
    items.unshift({ label: "The most important block", description: "by the last ablation; measured first when there is none", detail: "", id: undefined });
    const choice = await vscode.window.showQuickPick(items, { title: "Optimise Block", placeHolder: "Which block?", matchOnDescription: true });
    if (choice !== undefined) {
      await this.optimise(uri, choice.id);
    }
  }

  private async optimise(uri: string | undefined, blockId?: string, planId?: string): Promise<void> {
    if (uri === undefined) {
      void offer("Open a Python training script first.");
      return;
    }
    const document = vscode.Uri.parse(uri);
    const before = (await vscode.workspace.openTextDocument(document)).getText();
    const report = await this.studies.optimise({
      uri,
      ...(blockId === undefined ? {} : { blockId }),
      ...(planId === undefined ? {} : { planId }),
    });
    if (report === undefined) {
      return;
    }
    this.page = { name: `plans for ${report.block?.title ?? baseName(uri)}`, text: refinementPage(report) };
    const after = report.best?.newText;
    if (typeof after !== "string") {
      const choice = await vscode.window.showInformationMessage(refinementSentence(report), ...(report.candidates.length > 0 ? ["Show All"] : []));
      if (choice !== undefined) {
        await this.showResults();
      }
      return;
    }
    const preview = await this.previews.show({
      document,
      studyId: report.studyId,
      title: `${baseName(uri)}: ${report.best?.plan.title ?? "measured rewrite"}`,
      before,
      after,
    });
    const choice = await vscode.window.showInformationMessage(refinementSentence(report), "Apply", "Discard", "Show All");
    if (choice === "Apply" || choice === "Discard") {
      await this.decide(preview, choice === "Apply" ? "apply" : "discard");
    } else if (choice === "Show All") {
      await this.showResults();
    }
  }

  private async decide(uri: vscode.Uri | undefined, decision: "apply" | "discard"): Promise<void> {
    const proposal = this.previews.proposal(uri);
    if (proposal === undefined) {
      return; // Decided already, by the other of the two ways.
    }
    if (decision === "apply") {
      const client = this.server.running;
      if (client === undefined) {
        void offer("The MLE-STAR server is not running.", ["Restart Server", "mlestar.restartServer"]);
        return;
      }
      try {
        const params: ApplyParams = { uri: proposal.document.toString(), studyId: proposal.studyId };
        const result = await client.sendRequest<ApplyResult>(Request.apply, params);
        if (!result.applied) {
          void offer(`Not applied: ${result.reason ?? "the script has changed since it was measured"}`, ["Show Server Log", "mlestar.showServerLog"]);
          return;
        }
      } catch (error) {
        this.logger.error("the rewrite could not be applied", error);
        void offer(`Not applied: ${sentence(error)}`, ["Show Server Log", "mlestar.showServerLog"]);
        return;
      }
    }
    await this.previews.close(proposal);
    if (decision === "apply") {
      await vscode.window.showTextDocument(proposal.document);
      vscode.window.setStatusBarMessage("$(check) Applied; one undo takes it back.", 6000);
    }
  }

  private async showResults(): Promise<void> {
    if (this.page === undefined) {
      void offer("No study has finished in this window yet.", ["Run Ablation", "mlestar.runAblation"]);
      return;
    }
    await this.previews.showPage(this.page.name, this.page.text);
  }

  private async copyDebugInformation(): Promise<void> {
    await vscode.env.clipboard.writeText(await debugInformation(this.context, this.server, this.python));
    vscode.window.setStatusBarMessage("$(copy) Debug information copied.", 4000);
  }
}

/** Says how to get the server; the person chooses what to do. */
export async function offerSetUp(): Promise<void> {
  const [copy, settings, logs] = ["Copy Install Command", "Open Settings", "Show Logs"];
  const message = "The MLE-STAR language server was not found. Install it into the environment of the workspace, or say where it is.";
  switch (await vscode.window.showErrorMessage(message, copy, settings, logs)) {
    case copy:
      await vscode.env.clipboard.writeText("python -m pip install mlestar-lsp");
      vscode.window.setStatusBarMessage("$(copy) Copied: python -m pip install mlestar-lsp. Restart the server afterwards.", 8000);
      break;
    case settings:
      await vscode.commands.executeCommand("workbench.action.openSettings", "mlestar.server.command");
      break;
    case logs:
      await vscode.commands.executeCommand("mlestar.showLogs");
      break;
    case undefined:
    default:
  }
}

function target(uri: unknown): string | undefined {
  if (uri instanceof vscode.Uri) {
    return uri.toString();
  }
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  const document = vscode.window.activeTextEditor?.document;
  return (notebook ?? (document?.languageId === "python" ? document : undefined))?.uri.toString();
}
