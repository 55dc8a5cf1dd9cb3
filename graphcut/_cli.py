"""The command line: cluster a data set, print it beside the baselines, write a report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from graphcut._cli_data import UsageError, load
from graphcut.objectives import OBJECTIVES
from hypgeo._pipes import abandon_stdout

PROG = "python -m graphcut"
DESCRIPTION = """\
Cluster points or a graph by ProbabilisticCut, beside k-means and spectral clustering, and write the
labels and a one-page report with plots. True labels, where known, are only compared with."""
EPILOG = f"""\
examples:
  {PROG} digits
  {PROG} points.npy --n-clusters 5 --refine
  {PROG} mesh.graph --n-clusters 8 --output out"""


def build_parser() -> argparse.ArgumentParser:
    """Make the parser.

    Returns
    -------
    argparse.ArgumentParser
        The parser.
    """
    parser = argparse.ArgumentParser(
        prog=PROG,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "data",
        help="'digits' (bundled), points (.npy, .csv, .npz with X and perhaps y) or a graph "
        "(.mtx, .graph, .npz of SciPy or with edges, .txt and .edges with lines 'i j weight')",
    )
    add("--n-clusters", type=int, metavar="K", help="needed unless the true labels are known")
    add("--graph", action="store_true", help="read a .csv as an edge list, not as points")
    add("--objective", default="ncut", choices=OBJECTIVES, help="default: %(default)s")
    add("--model", default="auto", choices=("auto", "linear", "mlp", "free"), help="of assignments")
    add("--n-neighbors", type=int, default=15, metavar="N", help="default: %(default)s")
    add(
        "--standardize",
        default="auto",
        choices=("auto", "yes", "no"),
        help="divide columns by their standard deviations; auto: where one or two hide the others",
    )
    add("--n-init", type=int, default=1, metavar="N", help="restarts, compared by the cut")
    add("--max-iter", type=int, metavar="N", help="steps, default: 200 for linear, else 100")
    add("--refine", action="store_true", help="move vertices at the end while that lowers the cut")
    add("--seed", type=_seed, default=0, help="default: %(default)s")
    add("--device", default="cpu", help="where torch computes, default: %(default)s")
    add("--output", default="graphcut_out", metavar="DIR", help="default: %(default)s")
    add("--report", default="html", choices=("html", "png", "none"), help="default: %(default)s")
    add("--no-baselines", action="store_true", help="skip k-means and spectral clustering")
    add("--quiet", action="store_true", help="no progress bar")
    return parser


def _seed(text: str) -> int:
    if not (text.isdecimal() and int(text) < 2**32):
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed; an integer from 0 to 2^32 - 1")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; `sys.argv` by default.

    Returns
    -------
    int
        Exit status.
    """
    try:
        _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted: what had been written until then is kept", file=sys.stderr)
        return 130
    except BrokenPipeError:
        abandon_stdout()
    return 0


def _run(arguments: Sequence[str] | None) -> None:
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        data = load(options.data, options.graph, options.n_clusters)
        from graphcut._cli_run import run

        run(data, options, Path(options.output))
    except BrokenPipeError:
        raise
    except (UsageError, TypeError, ValueError, ImportError) as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"{error.strerror}: {error.filename}" if error.filename else str(error))
