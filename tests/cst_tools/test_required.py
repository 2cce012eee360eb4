"""Required command-line arguments, read from the text alone."""

from __future__ import annotations

import pytest

from cst_tools.required import Required, required_arguments

ARGPARSE = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("mode")
parser.add_argument("rest", nargs="*")
parser.add_argument("kind", nargs="?", default="x")
parser.add_argument("-d", "--data", required=True)
parser.add_argument("--epochs", type=int, default=5)
"""
CLICK = """
import click
@click.command()
@click.argument("path")
@click.argument("more", nargs=-1)
@click.argument("out", default="x")
@click.option("--data", "-d", required=True)
@click.option("--lr", default=0.1, required=True)
@click.option("--depth", type=int)
def main(path, more, out, data, lr, depth): ...
"""
TYPER = """
import typer
from typing import Annotated
app = typer.Typer()
@app.command()
def main(ctx: typer.Context, path: str, data: Annotated[str, typer.Option()], lr: float = 0.1,
         out_dir: str = typer.Option(...), depth: int = typer.Option(3)): ...
"""
FIRE = """
import fire
def train(data, lr=0.1): ...
if __name__ == "__main__":
    fire.Fire(train)
"""
ABSL = """
from absl import app, flags
flags.DEFINE_string("data", None, "")
flags.mark_flag_as_required("data")
"""
HYDRA = """
import hydra
@hydra.main(config_path="conf", config_name="config")
def main(cfg): ...
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ARGPARSE, Required("argparse", ("mode", "--data"))),
        (CLICK, Required("click", ("--data", "PATH"))),
        (TYPER, Required("typer", ("PATH", "--data", "--out-dir"))),
        (FIRE, Required("fire", ("--data",))),
        (ABSL, Required("absl", ("--data",))),
        (HYDRA, Required("hydra", ())),
        ("parser.add_argument('x')", Required()),
        ("def broken(:", Required()),
    ],
)
def test_what_each_library_requires(text: str, expected: Required) -> None:
    assert required_arguments(text) == expected
