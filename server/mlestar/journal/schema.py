"""The journal's tables, as numbered migrations.

A migration, once released, is never edited: a new one is appended. ``PRAGMA user_version`` says how many
have been applied.
"""

from __future__ import annotations

import sqlite3

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE studies (
        id          TEXT PRIMARY KEY,
        kind        TEXT NOT NULL,             -- ablation, refinement
        script      TEXT NOT NULL,             -- absolute path
        text        TEXT NOT NULL,             -- the script as it was studied
        started     REAL NOT NULL,             -- seconds since the epoch
        finished    REAL,
        status      TEXT NOT NULL,             -- running, complete, cancelled, failed, interrupted
        pid         INTEGER NOT NULL,          -- of the process that runs it
        pid_started REAL NOT NULL,             -- a pid alone may have been given to another process
        report      TEXT                       -- JSON of AblationReport or RefinementReport
    );
    CREATE INDEX studies_by_script ON studies (script, kind, started);

    CREATE TABLE runs (
        id       INTEGER PRIMARY KEY,
        key      TEXT NOT NULL,                -- content key: same key, same inputs, same outcome
        script   TEXT NOT NULL,
        label    TEXT NOT NULL,
        seed     INTEGER NOT NULL,
        status   TEXT NOT NULL,
        score    REAL,
        finished REAL NOT NULL,
        result   TEXT NOT NULL                 -- JSON of RunResult
    );
    CREATE INDEX runs_by_key ON runs (key, id);

    CREATE TABLE study_runs (
        study  TEXT NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
        run    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        reused INTEGER NOT NULL,
        PRIMARY KEY (study, run)
    );

    CREATE TABLE candidates (
        study    TEXT NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
        ordinal  INTEGER NOT NULL,
        block    TEXT NOT NULL,
        plan     TEXT NOT NULL,
        verdict  TEXT NOT NULL,
        report   TEXT NOT NULL,                -- JSON of CandidateReport
        PRIMARY KEY (study, ordinal)
    );
    """,
    """
    ALTER TABLE runs ADD COLUMN fidelity TEXT; -- NULL in these: recorded before there were such columns
    ALTER TABLE runs ADD COLUMN wall_s REAL;   -- its own, without work taken over from another run
    ALTER TABLE runs ADD COLUMN peak INTEGER;  -- bytes
    ALTER TABLE runs ADD COLUMN cpu_s REAL;    -- its own
    ALTER TABLE runs ADD COLUMN shared_s REAL; -- wall seconds of the work that was taken over
    ALTER TABLE runs ADD COLUMN rung TEXT;     -- how work was shared: plain, branch, ...
    CREATE INDEX runs_by_script ON runs (script, id);
    """,
)


class JournalTooNew(Exception):
    """The file was written by a newer version of the program."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the current schema; safe when several processes start at once."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise JournalTooNew(
                f"the journal has schema {version}, this version of mlestar knows {len(MIGRATIONS)}: "
                "update mlestar, or set `home` (or MLESTAR_HOME) to another folder"
            )
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            # executescript would commit the transaction that keeps two processes apart
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    found, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
