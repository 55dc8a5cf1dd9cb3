"""The command line: evaluate, ``demo``, ``backends``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import hypgeo
from hypgeo import _cli_io as io
from hypgeo._cli_run import evaluate
from hypgeo._pipes import abandon_stdout
from hypgeo.methods import METHODS

PROG = "python -m hypgeo"
USAGE = f"""\
{PROG} A B C Z [Z ...]
       {PROG} A B C --grid START STOP N [--log]
       {PROG} A B C --input FILE          (one column: z)
       {PROG} --input FILE                (four columns: a, b, c, z)
       {PROG} demo [--save FILE] [--quick]
       {PROG} backends"""
DESCRIPTION = """\
Evaluate the Gauss hypergeometric function 2F1(A, B; C; Z), made for A = -m. Values of Z given as
arguments print one result a line; a grid or a file prints CSV, or goes to --output."""


def build_parser() -> argparse.ArgumentParser:
    """Make the parser of the evaluation command."""
    parser = argparse.ArgumentParser(prog=PROG, usage=USAGE, description=DESCRIPTION)
    add = parser.add_argument
    add("numbers", nargs="*", metavar="A B C Z", help="parameters and arguments")
    add("--input", metavar="FILE", help=".npy or .csv: one column z, or four columns a, b, c, z")
    add("--grid", nargs=3, metavar=("START", "STOP", "N"), help="N evenly spaced values of z")
    add("--log", action="store_true", help="space the grid evenly in log z")
    add("--output", metavar="FILE", help=".npy (the results) or .csv (arguments and results)")
    add("--method", default="auto", choices=METHODS, help="default: %(default)s")
    add("--dtype", default="float64", choices=io.DTYPES, help="of the results")
    add("--version", action="version", version=f"hypgeo {hypgeo.__version__}")
    return parser


def shield_negatives(arguments: Sequence[str]) -> list[str]:
    """Mark numbers such as ``-1e9`` or ``-inf`` so that argparse does not take them for options.

    A leading space says "no option" to argparse and nothing to `float`.
    """
    return [
        f" {text}" if text.startswith("-") and io.is_number(text) else text for text in arguments
    ]


def run_evaluate(arguments: Sequence[str]) -> int:
    """Evaluate what the arguments say and print or write the results."""
    parser = build_parser()
    options = parser.parse_intermixed_args(shield_negatives(arguments))
    try:
        points = io.read_points(options.numbers, options.input, options.grid, options.log)
        output = io.check_output(options.output)
        values = evaluate(points, options.method, options.dtype)
        if output is not None:
            io.write_values(output, points, values)
        else:
            io.print_values(sys.stdout, points, values)
    except (io.UsageError, TypeError, ValueError, ImportError) as error:
        parser.error(str(error))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        parser.error(f"{error.strerror}: {error.filename}")
    return 0


def run_backends(arguments: Sequence[str]) -> int:
    """Print every backend with ``available`` or the reason why it is not."""
    argparse.ArgumentParser(prog=f"{PROG} backends").parse_args(arguments)
    for name, reason in hypgeo.backends().items():
        print(f"{name:8}{reason or 'available'}")
    return 0


def run_demo(arguments: Sequence[str]) -> int:
    """Print the comparison with the exact values and SciPy, and save its picture."""
    parser = argparse.ArgumentParser(
        prog=f"{PROG} demo", description="Compare hypgeo with exact values and with SciPy."
    )
    parser.add_argument("--save", metavar="FILE", default="hypgeo-demo.png", help="the picture")
    parser.add_argument("--quick", action="store_true", help="fewer points")
    options = parser.parse_args(arguments)
    try:
        from hypgeo import _demo

        save = io.check_folder("--save", Path(options.save), (".png",))
        _demo.run(save, quick=options.quick)
    except ImportError as error:
        parser.error(f"the demo needs pip install hypgeo[demo]: {error}")
    except io.UsageError as error:
        parser.error(str(error))
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"backends": run_backends, "demo": run_demo}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process by default.

    Returns
    -------
    int
        Exit code: 0, or 130 after an interrupt. Wrong arguments exit with code 2.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given and given[0] in COMMANDS:
            code = COMMANDS[given[0]](given[1:])
        else:
            code = run_evaluate(given)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        abandon_stdout()
        return 0
