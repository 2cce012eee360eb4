/** Where the variables of a setting get their values. */
export interface Values {
  readonly workspaceFolder: string | undefined;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Replaces a leading `~`, `${workspaceFolder}`, `${userHome}` and `${env:NAME}`; what has no value stays as it is. */
export function substitute(text: string, values: Values): string {
  return text
    .replace(/^~(?=$|[\\/])/, () => values.home)
    .replace(/\$\{(workspaceFolder|userHome|env:([^}]+))\}/g, (whole, name: string, variable: string | undefined) => {
      if (variable !== undefined) {
        return values.environment[variable] ?? "";
      }
      return (name === "userHome" ? values.home : values.workspaceFolder) ?? whole;
    });
}
