import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import type { Server } from "./client";
import { debugInformation } from "./debug";
import { ablationSentence, impact, refinementSentence } from "./describe";
import { type Logger, sentence } from "./logger";
import type { Previews, Proposal } from "./preview";
import { type AnalysisResult, type ApplyParams, type ApplyResult, type KnownBlock, type PreviewResult, Request, ServerCommand } from "./protocol";
import type { Python } from "./python";
import { baseName, offer, type Studies } from "./studies";

const NO_SCRIPT = "Open a Python training script first.";
const NO_SERVER = "The MLE-STAR server is not running.";

/** Everything that a person can start: from the palette, a menu, a lens or a code action. */
export class Commands {
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
      "mlestar.cancelStudy": () => this.cancel(),
      "mlestar.showResults": () => this.showReport(target(undefined)),
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
    const [uri, second, third] = args.map((value) => (typeof value === "string" ? value : undefined));
    switch (command) {
      case ServerCommand.ablate:
        return this.ablate(uri);
      case ServerCommand.optimise:
        return this.optimise(uri, second, third);
      case ServerCommand.apply:
      case ServerCommand.showDiff:
        return uri === undefined ? undefined : this.propose({ uri, ...optional({ studyId: second, planId: third }) });
      case ServerCommand.cancel:
        return this.cancel(uri);
      default:
        return undefined;
    }
  }

  private async ablate(uri: string | undefined): Promise<void> {
    if (uri === undefined) {
      void offer(NO_SCRIPT);
      return;
    }
    const report = await this.studies.ablate(uri);
    if (report === undefined) {
      return;
    }
    const measured = report.impacts.some((value) => value.mean !== null);
    const show = measured ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    const choice = await show(ablationSentence(report), ...(measured ? ["Optimise It", "Show All"] : ["Show All"]));
    if (choice === "Optimise It") {
      await this.optimise(uri);
    } else if (choice === "Show All") {
      await this.showReport(uri);
    }
  }

  private async pickAndOptimise(uri: string | undefined): Promise<void> {
    const client = this.server.running;
    if (uri === undefined || client === undefined) {
      void offer(uri === undefined ? NO_SCRIPT : NO_SERVER, ["Show Logs", "mlestar.showLogs"]);
      return;
    }
    const analysis = await client.sendRequest<AnalysisResult | null>(Request.analysis, { uri });
    const choice = await vscode.window.showQuickPick(blockItems(analysis?.blocks ?? []), {
      title: "Optimise Block",
      placeHolder: "Which block?",
      matchOnDescription: true,
    });
    if (choice !== undefined) {
      await this.optimise(uri, choice.id);
    }
  }

  private async optimise(uri: string | undefined, blockId?: string, planId?: string): Promise<void> {
    if (uri === undefined) {
      void offer(NO_SCRIPT);
      return;
    }
    const report = await this.studies.optimise({ uri, ...optional({ blockId, planId }) });
    if (report === undefined) {
      return;
    }
    if (report.best !== null) {
      await this.propose({ uri, studyId: report.studyId, planId: report.best.plan.id }, refinementSentence(report));
    } else if ((await vscode.window.showInformationMessage(refinementSentence(report), ...(report.candidates.length > 0 ? ["Show All"] : []))) !== undefined) {
      await this.showReport(uri);
    }
  }

  /** Shows a measured rewrite side by side with the code and asks what to do with it. */
  private async propose(params: ApplyParams, sentence?: string): Promise<void> {
    const client = this.server.running;
    if (client === undefined) {
      void offer(NO_SERVER, ["Restart Server", "mlestar.restartServer"]);
      return;
    }
    const rewrite = await client.sendRequest<PreviewResult>(Request.preview, params);
    if (rewrite.reason !== null) {
      void offer(`There is nothing to apply: ${rewrite.reason}`);
      return;
    }
    const preview = await this.previews.show({
      document: vscode.Uri.parse(params.uri),
      studyId: rewrite.studyId,
      planId: rewrite.planId,
      title: `${baseName(params.uri)}: ${rewrite.title}`,
      before: rewrite.oldText,
      after: rewrite.newText,
    });
    const choice = await vscode.window.showInformationMessage(sentence ?? rewrite.title, "Apply", "Discard", "Show All");
    if (choice === "Apply" || choice === "Discard") {
      await this.decide(preview, choice === "Apply" ? "apply" : "discard");
    } else if (choice === "Show All") {
      await this.showReport(params.uri);
    }
  }

  private async decide(uri: vscode.Uri | undefined, decision: "apply" | "discard"): Promise<void> {
    const proposal = this.previews.proposal(uri);
    if (proposal === undefined) {
      return; // Decided already, by the other of the two ways: button of the message, button of the diff.
    }
    if (decision === "apply" && !(await this.apply(proposal))) {
      return;
    }
    await this.previews.close(proposal);
    if (decision === "apply" && !proposal.document.path.endsWith(".ipynb")) {
      await vscode.window.showTextDocument(proposal.document);
      vscode.window.setStatusBarMessage("$(check) Applied; one undo takes it back.", 6000);
    }
  }

  /** Whether the rewrite was applied; when not, the person has been told why. */
  private async apply(proposal: Proposal): Promise<boolean> {
    const client = this.server.running;
    if (client === undefined) {
      void offer(NO_SERVER, ["Restart Server", "mlestar.restartServer"]);
      return false;
    }
    const params: ApplyParams = { uri: proposal.document.toString(), studyId: proposal.studyId, planId: proposal.planId };
    try {
      const result = await client.sendRequest<ApplyResult>(Request.apply, params);
      if (!result.applied) {
        void offer(`Not applied: ${result.reason ?? "the script has changed since it was measured."}`);
      }
      return result.applied;
    } catch (error) {
      this.logger.error("the rewrite could not be applied", error);
      void offer(`Not applied: ${sentence(error)}`, ["Show Server Log", "mlestar.showServerLog"]);
      return false;
    }
  }

  /** Cancels the studies of one document, or all, whoever asked for them. */
  private async cancel(uri?: string): Promise<void> {
    this.studies.cancel(uri);
    await this.server.running?.sendRequest(Request.cancel, optional({ uri }));
  }

  private async showReport(uri: string | undefined): Promise<void> {
    if (uri === undefined) {
      void offer(NO_SCRIPT);
      return;
    }
    await this.server.running?.sendRequest(ExecuteCommandRequest.type, { command: ServerCommand.showReport, arguments: [uri] });
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

type BlockItem = vscode.QuickPickItem & { readonly id?: string };

/** What can be optimised: the most important block, the one at the cursor, then the others by rank. */
function blockItems(blocks: readonly KnownBlock[]): BlockItem[] {
  const editor = vscode.window.activeTextEditor;
  const line = editor?.selection.active.line ?? -1;
  const here = (block: KnownBlock): boolean =>
    block.uri === editor?.document.uri.toString() && block.range.start.line <= line && line <= block.range.end.line;
  const order = (block: KnownBlock): number => (here(block) ? -1 : (block.rank ?? blocks.length));
  const items = blocks
    .filter((block) => !block.protected)
    .sort((a, b) => order(a) - order(b))
    .map((block) => ({
      id: block.id,
      label: block.title,
      description: [block.role, block.impact === null ? "" : impact(block.impact), here(block) ? "at the cursor" : ""].filter(Boolean).join(" · "),
    }));
  return [{ label: "The most important block", description: "measured first when there is no ablation yet" }, ...items];
}

/** The values that are there; a missing one is left out instead of being sent as undefined. */
function optional<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };
}

function target(uri: unknown): string | undefined {
  if (uri instanceof vscode.Uri) {
    return uri.toString();
  }
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  const document = vscode.window.activeTextEditor?.document;
  return (notebook ?? (document?.languageId === "python" ? document : undefined))?.uri.toString();
}
