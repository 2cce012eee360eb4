import * as vscode from "vscode";

export const PREVIEW_SCHEME = "mlestar";

/** A measured rewrite that waits for a decision. */
export interface Proposal {
  readonly document: vscode.Uri;
  readonly studyId: string;
  readonly planId: string;
  readonly title: string;
  readonly before: string;
  readonly after: string;
}

/** Shows measured rewrites side by side with the code, as virtual documents. */
export class Previews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly proposals = new Map<string, Proposal>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registrations: vscode.Disposable;

  readonly onDidChange = this.changed.event;

  constructor() {
    this.registrations = vscode.Disposable.from(
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(PREVIEW_SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.texts.delete(uri.toString());
        this.proposals.delete(uri.toString());
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.texts.get(uri.toString());
  }

  /** Opens the diff. The left side is the user's document, but for a notebook, whose cells are shown as one text. */
  async show(proposal: Proposal): Promise<vscode.Uri> {
    const after = this.put(proposal, "after", proposal.after);
    this.proposals.set(after.toString(), proposal);
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === proposal.document.toString());
    const before = open?.getText() === proposal.before ? proposal.document : this.put(proposal, "before", proposal.before);
    await vscode.commands.executeCommand("vscode.diff", before, after, proposal.title, { preview: false } satisfies vscode.TextDocumentShowOptions);
    return after;
  }

  /** The proposal that a command means: of the given preview, else of the diff in front. */
  proposal(uri: vscode.Uri | undefined): Proposal | undefined {
    const key = (uri ?? frontPreview())?.toString();
    return key === undefined ? undefined : this.proposals.get(key);
  }

  /** Closes the diffs of a proposal. */
  async close(proposal: Proposal): Promise<void> {
    const keys = new Set([...this.proposals].filter(([, value]) => value === proposal).map(([key]) => key));
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputTextDiff && keys.has(input.modified.toString()));
    await vscode.window.tabGroups.close(tabs);
  }

  private put(proposal: Proposal, side: "before" | "after", text: string): vscode.Uri {
    // The path ends like a script's, so that it is coloured as one.
    const path = proposal.document.path.replace(/\.ipynb$/, ".py");
    const query = `${side}=${encodeURIComponent(`${proposal.studyId}/${proposal.planId}`)}`;
    const uri = vscode.Uri.from({ scheme: PREVIEW_SCHEME, path, query });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    return uri;
  }

  dispose(): void {
    this.registrations.dispose();
  }
}

function frontPreview(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff ? input.modified : undefined;
}
