import * as vscode from "vscode";

/** The three channels: what this extension does, what the server says, and the protocol between them. */
export class Logger implements vscode.Disposable {
  readonly extension = vscode.window.createOutputChannel("MLE-STAR", { log: true });
  readonly server = vscode.window.createOutputChannel("MLE-STAR Server", { log: true });
  readonly trace = vscode.window.createOutputChannel("MLE-STAR Trace", { log: true });

  info(message: string): void {
    this.extension.info(message);
  }

  warn(message: string): void {
    this.extension.warn(message);
  }

  /** Logs the whole error; what a person is told in one sentence is up to the caller. */
  error(message: string, error?: unknown): void {
    this.extension.error(message, ...(error instanceof Error ? [error.stack ?? error.message] : error === undefined ? [] : [error]));
  }

  dispose(): void {
    this.extension.dispose();
    this.server.dispose();
    this.trace.dispose();
  }
}

/** One sentence for a person about something that was thrown. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}
