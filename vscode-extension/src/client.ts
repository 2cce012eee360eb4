import * as vscode from "vscode";
import {
  CloseAction,
  type CloseHandlerResult,
  type ConfigurationParams,
  DidChangeConfigurationNotification,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";
import type { ServerCommand } from "./discovery";
import { type Logger, sentence } from "./logger";
import type { Python } from "./python";
import { type Behaviour, behaviour, SECTION } from "./settings";

/** What the server is doing, as far as a person cares. */
export type ServerState =
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly version: string; readonly command: ServerCommand }
  | { readonly kind: "stopped" }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly reason: string };

/** Takes a command that the server registered; undefined leaves it to the server. */
export type CommandHandler = (command: string, args: readonly unknown[]) => Promise<unknown> | undefined;

/** How often the server may end by itself within `CRASH_WINDOW_MS` before it is left alone. */
const MAX_CRASHES = 4;
const CRASH_WINDOW_MS = 3 * 60_000;

/** A client that logs what goes wrong and leaves it to this extension what a person is told. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** The language server: found, started, restarted one at a time, stopped. */
export class Server implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ServerState>();
  private client: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();
  private crashes: number[] = [];
  private current: ServerState = { kind: "stopped" };

  readonly onDidChangeState = this.changed.event;
  /** Asked first about each command that the server registered. */
  takeOver: CommandHandler = () => undefined;

  constructor(
    private readonly python: Python,
    private readonly logger: Logger,
  ) {}

  get state(): ServerState {
    return this.current;
  }

  /** The running client; undefined while there is none. */
  get running(): LanguageClient | undefined {
    return this.client?.isRunning() === true ? this.client : undefined;
  }

  /** Starts the server, or starts it anew; calls that arrive meanwhile wait for their turn. */
  restart(reason: string): Promise<void> {
    this.queue = this.queue.then(async () => {
      this.logger.info(`starting the server: ${reason}`);
      this.crashes = [];
      await this.stopNow();
      try {
        await this.startNow();
      } catch (error) {
        this.logger.error("the server could not be started", error);
        this.set({ kind: "failed", reason: sentence(error) });
      }
    });
    return this.queue;
  }

  /** Makes the server ask for its settings again: they, the selected interpreter or the trust have changed. */
  async settingsChanged(): Promise<void> {
    await this.running?.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  }

  /** Whether another server would be started now than the one that runs. */
  async isOutdated(): Promise<boolean> {
    const { found } = await this.python.findServer();
    const command = (value: ServerCommand | undefined): string => JSON.stringify([value?.command, value?.args]);
    return command(found) !== command(this.current.kind === "running" ? this.current.command : undefined);
  }

  stop(): Promise<void> {
    this.queue = this.queue.then(() => this.stopNow());
    return this.queue;
  }

  private async startNow(): Promise<void> {
    this.set({ kind: "starting" });
    const { found } = await this.python.findServer();
    if (found === undefined) {
      this.logger.error("the language server was not found; install it or set mlestar.server.command");
      this.set({ kind: "missing" });
      return;
    }
    this.logger.info(`server command (${found.origin}): ${[found.command, ...found.args].join(" ")}`);
    const client = new QuietClient(
      SECTION,
      "MLE-STAR",
      { command: found.command, args: [...found.args] },
      await this.options(),
    );
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped && this.current.kind === "running" && this.client === client) {
        this.set({ kind: "stopped" });
      } else if (newState === State.Running && this.client === client) {
        const version = client.initializeResult?.serverInfo?.version ?? "unknown version";
        this.logger.info(`server ${version} is running`);
        this.set({ kind: "running", version, command: found });
      }
    });
    try {
      await client.start();
    } catch (error) {
      this.logger.error("the server did not start", error);
      this.set({ kind: "failed", reason: `“${[found.command, ...found.args].join(" ")}” does not start (${sentence(error)})` });
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client === undefined) {
      return;
    }
    try {
      await client.dispose(5000);
    } catch (error) {
      // It may have died or never started; what matters is that nobody talks to it any more.
      this.logger.error("the server did not stop in order", error);
    }
    this.set({ kind: "stopped" });
  }

  /** The server ended by itself: started again while that is rare, and left alone when it is not. */
  private crashed(): CloseHandlerResult {
    if (this.current.kind !== "running") {
      return { action: CloseAction.DoNotRestart, handled: true }; // It never ran; the failed start tells.
    }
    const now = Date.now();
    this.crashes = [...this.crashes.filter((time) => now - time < CRASH_WINDOW_MS), now];
    if (this.crashes.length <= MAX_CRASHES) {
      this.logger.warn("the server ended unexpectedly; it is started again");
      return { action: CloseAction.Restart, handled: true };
    }
    this.logger.error("the server ends again and again; it is left alone until it is restarted by hand");
    this.set({ kind: "failed", reason: `it ended unexpectedly ${this.crashes.length} times within 3 minutes` });
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private async options(): Promise<LanguageClientOptions> {
    return {
      documentSelector: [
        { scheme: "file", language: "python" },
        { scheme: "untitled", language: "python" },
        { notebook: "jupyter-notebook", language: "python" },
      ],
      outputChannel: this.logger.server,
      traceOutputChannel: this.logger.trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { settings: await this.behaviour(vscode.workspace.workspaceFolders?.[0]?.uri) },
      stdioOptions: {
        // The server logs through window/logMessage; what else it says on stderr is worth reading and no error.
        stdout: () => undefined,
        stderr: (stream, channel) => {
          stream.setEncoding("utf8");
          stream.on("data", (text: string) => {
            channel.info(text.trimEnd());
          });
        },
      },
      errorHandler: {
        error: (error) => {
          this.logger.error("the connection to the server is erroring", error);
          return { action: ErrorAction.Continue, handled: true };
        },
        closed: () => this.crashed(),
      },
      initializationFailedHandler: () => false,
      middleware: this.middleware(),
    };
  }

  private middleware(): Middleware {
    return {
      executeCommand: (command, args: unknown[], next) => this.takeOver(command, args) ?? (next(command, args) as unknown),
      window: {
        // A report is a page to read, not a source to edit.
        showDocument: async (params, token, next) => {
          if (params.uri.endsWith(".md") && params.external !== true) {
            await vscode.commands.executeCommand("markdown.showPreview", vscode.Uri.parse(params.uri));
            return { success: true };
          }
          return next(params, token);
        },
      },
      workspace: {
        // The client library would push every value with its default, and a default overrules the project's own file.
        didChangeConfiguration: () => this.settingsChanged(),
        configuration: async (params: ConfigurationParams, token, next) => {
          const answers: unknown = await next(params, token);
          return Promise.all(
            params.items.map(async ({ section, scopeUri }, index) =>
              section === SECTION
                ? await this.behaviour(scopeUri === undefined ? undefined : vscode.Uri.parse(scopeUri))
                : ((answers as unknown[])[index] ?? null),
            ),
          );
        },
      },
    };
  }

  /** The settings of a file or folder; without one of its own, `interpreter` is what the Python extension has selected. */
  private async behaviour(scope: vscode.Uri | undefined): Promise<Behaviour & { readonly trusted: boolean }> {
    const settings = { ...behaviour(scope), trusted: vscode.workspace.isTrusted };
    const interpreter = settings.interpreter ?? (await this.python.interpreter(scope));
    return interpreter === undefined ? settings : { ...settings, interpreter };
  }

  private set(state: ServerState): void {
    this.current = state;
    this.changed.fire(state);
  }

  dispose(): void {
    void this.stop().finally(() => {
      this.changed.dispose();
    });
  }
}
