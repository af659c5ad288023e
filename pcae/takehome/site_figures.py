"""The charts of a site's pages that no choice there changes, drawn by the app's own functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pcae.data.datasets import Dataset
from pcae.figures import bottlenecks
from pcae.figures.bottlenecks import Bottleneck
from pcae.figures.charts import plain
from pcae.figures.sides import Side
from pcae.methods.pca import PCA
from pcae.store import Run
from pcae.training.quality import Quality


@dataclass(frozen=True, eq=False)
class Shown:
    """A network of a site.

    Attributes
    ----------
    title : str
    error : float
        Mean squared, over the test images that are shown.
    pca : PCA
        Of the data that is shown.
    digest : str
        Of that data.
    own : bool
        Whether that is the run's own.
    """

    run: Run
    title: str
    error: float
    pca: PCA
    digest: str
    own: bool

    @property
    def bottleneck(self) -> Bottleneck:
        """The network in the chart of errors."""
        return bottlenecks.of_run(self.run, self.title, self.error, self.pca, self.digest)


def components(networks: Iterable[Shown]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each network, by its key, what *Components* shows of it among the others of its data.

    Its sentence, and the charts with either axes, as plain values.
    """
    known = list(networks)
    for opened in known:
        dataset = opened.run.config.dataset
        others = [
            of.bottleneck for of in known if of is not opened and of.run.config.dataset == dataset
        ]
        if dataset == "mnist" and opened.own:
            others += bottlenecks.published(opened.pca)
        made: dict[str, Any] = {"sentence": bottlenecks.in_words(opened.bottleneck, opened.pca)}
        for name, log in (("log", True), ("linear", False)):
            curve, variance = bottlenecks.charts(opened.pca, others, opened.bottleneck, log=log)
            made[name] = {"curve": plain(curve), "variance": plain(variance)}
        yield opened.run.key, made


def side(
    run: Run,
    title: str,
    data: Dataset,
    pca: PCA,
    worth: tuple[float, float, bool],
    measured: Quality | None,
) -> Side:
    """A network as *Compare* shows it among others.

    Parameters
    ----------
    data : Dataset
        What is shown.
    worth : tuple
        Test error, equivalent k, and whether these are of other data than is shown.
    """
    error, components, recorded = worth
    return Side(
        config=run.config,
        title=title,
        history=run.history,
        test_error=error,
        equivalent_k=components,
        recorded=recorded,
        quality=measured,
        tests=len(data.test),
        pca_error=pca.test_error if data.name == run.config.dataset else None,
    )
