"""`python -m pcae cluster`: a cluster of this machine's own, and what is wrong with one.

Nothing of Dask is imported before a command needs it.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
from typing import Any

from pcae.counts import counted
from pcae.training import devices, named
from pcae.training.named import ClusterError

_MOST_WORKERS = 64
_SAYS_NOTHING = "-1"  # to CUDA: no GPU


def add_options(command: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Let the command line have `start` and `doctor`; these two."""
    which = command.add_subparsers(required=True, metavar="COMMAND")
    begin = which.add_parser("start", help="a scheduler and workers on this machine, to try it out")
    begin.set_defaults(command=start)
    begin.add_argument("--workers", type=int, metavar="N", help="else one for every two cores")
    begin.add_argument("--gpus", action="store_true", help="a worker for every GPU")
    check = which.add_parser("doctor", help="say what every worker is, and which may not train")
    check.set_defaults(command=doctor, problem="workers cannot train")
    return [begin, check]


def start(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Run a cluster on this machine until it is stopped.

    Raises
    ------
    ClusterError
        Dask is not installed, there is no GPU, or the number of workers is none.
    """
    if importlib.util.find_spec("distributed") is None:
        raise ClusterError(
            "distributed is not installed: run pip install -r requirements-cluster.txt."
        )
    found = places(options.workers, options.gpus)
    from pcae.cluster import local

    address = local.serve(found)
    return {"scheduler": address, "workers": len(found)}, "The cluster is stopped."


def places(count: int | None, on_gpus: bool) -> list[str]:
    """What each worker gets as CUDA_VISIBLE_DEVICES: a GPU of its own, or none."""
    gpus = devices.visible_gpus() if on_gpus else []
    if on_gpus and not gpus:
        raise ClusterError(
            "There is no NVIDIA GPU that this machine's driver tells of: start it without --gpus."
        )
    usual = len(gpus) or max(1, (os.cpu_count() or 1) // 2)
    wanted = usual if count is None else count
    if not 1 <= wanted <= _MOST_WORKERS:
        raise ClusterError(f"{wanted} workers are not started: it is 1 to {_MOST_WORKERS}.")
    return [*gpus, *[_SAYS_NOTHING] * wanted][:wanted]


def doctor(_: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """What every worker of the cluster that is named is, and which may not train.

    Raises
    ------
    ClusterError
        None is named, none answers, it may not be used, or has no worker.
    """
    found = look()
    workers = found["workers"]
    if not workers:
        raise ClusterError(
            f"No worker has come to the scheduler at {found['scheduler']}: start one with this "
            "address, or see its log."
        )
    count = counted(len(workers), "worker")
    lines = [f"The cluster at {found['scheduler']}: {count}", *map(_line, workers)]
    problems = sum(bool(worker["refused"]) for worker in workers)
    return found | {"problems": problems}, "\n".join(lines)


def look() -> dict[str, Any]:
    """The address of the scheduler that is named, and what is known of its workers."""
    if not named.scheduler():
        raise ClusterError(f"No cluster is named: set {named.VARIABLE} to a scheduler's address.")
    if wrong := named.problem():
        raise ClusterError(wrong)
    from pcae.cluster import checking

    return asyncio.run(checking.look())


def measure(*, everything: bool) -> None:
    """Have the workers of the cluster that is named, if one is, measure every run's quality."""
    if everything and named.scheduler() and not named.problem():
        from pcae.cluster import measuring

        measuring.main()


def _line(worker: dict[str, Any]) -> str:
    if worker["refused"] and "pcae" not in worker:
        return f"BAD {worker['refused']}"
    versions = ", ".join(f"{of} {version or 'none'}" for of, version in worker["versions"].items())
    busy = f", {worker['busy']} in training" if worker["busy"] else ""
    return (
        f"{'BAD' if worker['refused'] else 'ok '} {worker['name']} on {worker['host']}{busy}: "
        f"{worker['device'] or 'device not known while it trains'}; {worker['memory'] / 1e9:.0f} "
        f"GB; pcae {worker['pcae']} ({worker['sources']}), {versions}; has "
        f"{', '.join(worker['data'])}" + f". {worker['refused']}" * bool(worker["refused"])
    )
