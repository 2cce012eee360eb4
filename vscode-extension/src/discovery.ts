import * as path from "node:path";

/** What the search may ask of the machine; injected, so that the order can be tested without one. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  isFile(file: string): boolean;
}

/** What the search starts from. */
export interface Question {
  /** `mlestar.server.command`, with variables replaced; empty when it is not set. */
  readonly setting: readonly string[];
  /** Interpreters that the Python extension has selected for the workspace folders. */
  readonly interpreters: readonly string[];
  /** Workspace folders, as paths. */
  readonly folders: readonly string[];
  readonly trusted: boolean;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Where it was found, for the log and the debug information. */
  readonly origin: string;
}

export interface Answer {
  readonly found: ServerCommand | undefined;
  /** Each place that was looked at, in order, with what came of it. */
  readonly steps: readonly string[];
}

/**
 * Looks for the language server. The order:
 *
 * 1. the setting `mlestar.server.command`, as it stands; `lsp` is added when it does not say it;
 * 2. the environment of the workspace, when the workspace is trusted and the environment has `mlestar`: the interpreter
 *    that the Python extension has selected, then `.venv`, `venv`, `env` of each folder;
 * 3. the active environment `VIRTUAL_ENV`, then `CONDA_PREFIX`, then `mlestar` on `PATH`, then where `pipx` and
 *    `uv tool` put it (`~/.local/bin`, which an editor started from a menu does not have on its `PATH`).
 *
 * An untrusted workspace chooses nothing: step 2 is left out, and a relative or workspace-local hit of step 3 is too.
 */
export function findServer(question: Question, machine: Machine): Answer {
  const steps: string[] = [];
  const [command, ...args] = question.setting;
  if (command !== undefined && command !== "") {
    steps.push(`setting mlestar.server.command: ${question.setting.join(" ")}`);
    const complete = args.includes("lsp") ? args : [...args, "lsp"];
    return { found: { command, args: complete, origin: "setting mlestar.server.command" }, steps };
  }
  steps.push("setting mlestar.server.command: not set");

  for (const [origin, file] of candidates(question, machine, steps)) {
    if (!question.trusted && question.folders.some((folder) => isInside(file, folder))) {
      steps.push(`${origin}: ${file} is skipped, for the workspace is not trusted`);
    } else if (machine.isFile(file)) {
      steps.push(`${origin}: found ${file}`);
      return { found: { command: file, args: ["lsp"], origin }, steps };
    } else {
      steps.push(`${origin}: no ${file}`);
    }
  }
  return { found: undefined, steps };
}

function* candidates(question: Question, machine: Machine, steps: string[]): Generator<[origin: string, file: string]> {
  const windows = machine.platform === "win32";
  const name = windows ? "mlestar.exe" : "mlestar";
  const scripts = windows ? "Scripts" : "bin";
  if (question.trusted) {
    for (const interpreter of question.interpreters) {
      const folder = path.dirname(interpreter);
      yield ["environment of the Python extension", path.join(folder, name)];
      if (windows) {
        yield ["environment of the Python extension", path.join(folder, scripts, name)];
      }
    }
    for (const folder of question.folders) {
      for (const environment of [".venv", "venv", "env"]) {
        yield ["workspace environment", path.join(folder, environment, scripts, name)];
      }
    }
  } else {
    steps.push("workspace environment: left out, for the workspace is not trusted");
  }
  for (const variable of ["VIRTUAL_ENV", "CONDA_PREFIX"]) {
    const prefix = machine.environment[variable];
    if (prefix === undefined || prefix === "") {
      steps.push(`${variable}: not set`);
    } else {
      yield [variable, path.join(prefix, scripts, name)];
    }
  }
  const search = machine.environment["PATH"] ?? machine.environment["Path"] ?? "";
  for (const folder of search.split(windows ? ";" : ":")) {
    if (path.isAbsolute(folder)) {
      yield ["PATH", path.join(folder, name)];
    }
  }
  yield ["pipx or uv tool", path.join(machine.home, ".local", "bin", name)];
}

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
}
