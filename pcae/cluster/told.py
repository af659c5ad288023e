"""What the dispatcher last told of the cluster, for whoever shows it; nothing of Dask is imported.

It writes `PCAE_HOME/cluster.json` whenever something changes; see `pcae.cluster.dispatcher`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pcae.files import DamagedFile, home, read_json
from pcae.forms import flag, holds, several, text
from pcae.training import jobs, named

_WORKER = holds({"name": text(), "on_gpu": flag, "refused": text(5_000)})
_FORM = {"scheduler": text(), "problem": text(5_000), "workers": several(_WORKER, 0, 10_000)}


@dataclass(frozen=True)
class Told:
    """How it is with the cluster that is named.

    Attributes
    ----------
    problem : str
        A sentence that says why it does not train; empty where it does.
    workers, gpus : int
        How many train, and how many of them on a GPU; 0 where nobody has looked.
    refused : list of str
        A sentence for every worker that may not train.
    """

    problem: str = ""
    workers: int = 0
    gpus: int = 0
    refused: tuple[str, ...] = ()


def read() -> Told | None:
    """What is known of the cluster; None where none is named."""
    if not named.scheduler():
        return None
    if problem := named.problem():
        return Told(problem)
    try:
        found = read_json(home() / "cluster.json", _FORM)
    except (FileNotFoundError, DamagedFile):
        return Told()
    if found["scheduler"] != named.address() or not jobs.worker_alive():
        return Told()  # it was told of another, or earlier
    may = [of for of in found["workers"] if not of["refused"]]
    return Told(
        found["problem"],
        len(may),
        sum(of["on_gpu"] for of in may),
        tuple(of["refused"] for of in found["workers"] if of["refused"]),
    )
