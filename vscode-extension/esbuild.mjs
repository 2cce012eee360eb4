// Bundles the extension (or, with --tests, the unit tests) into out/.
import { readdirSync, rmSync } from "node:fs";
import * as esbuild from "esbuild";

const flags = new Set(process.argv.slice(2));
const common = { bundle: true, format: "cjs", platform: "node", target: "node18", logLevel: "info" };

if (flags.has("--tests")) {
  rmSync("out/test", { recursive: true, force: true });
  await esbuild.build({
    ...common,
    entryPoints: readdirSync("test/unit")
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => `test/unit/${name}`),
    outdir: "out/test",
    sourcemap: "inline",
    logLevel: "warning",
  });
} else {
  const production = flags.has("--production");
  const context = await esbuild.context({
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "out/extension.js",
    external: ["vscode"],
    minify: production,
    sourcemap: !production,
  });
  if (flags.has("--watch")) {
    await context.watch();
  } else {
    await context.rebuild();
    await context.dispose();
  }
}
