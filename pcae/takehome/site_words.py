"""What a site says of its networks and of their data, as its manifest has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pcae import headings, names
from pcae.data import packing
from pcae.data.datasets import Dataset
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.literature import PUBLISHED
from pcae.methods.metrics import equivalent_k, worth
from pcae.methods.pca import PCA
from pcae.methods.plane import two_digits
from pcae.settings import in_words
from pcae.store import Run
from pcae.takehome import parts
from pcae.training import quality
from pcae.training.quality import Quality, Subject

_NOTICE = (
    "Digits that come with the program stand in for the full {data}, which is not where this site "
    "was made. The networks have seen all of it in training."
)


@dataclass(frozen=True, eq=False)
class Network:
    """A trained run, the data that it is shown on, and their PCA."""

    run: Run
    data: Dataset
    pca: PCA

    @property
    def stands_in(self) -> bool:
        """Whether the data is not the run's own."""
        return self.data.name != self.run.config.dataset

    @property
    def model(self) -> Autoencoder:
        """The run's network."""
        return self.run.model()

    @cached_property
    def measured(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Codes, scores and errors of the test images that are shown; see `parts.measured`."""
        return parts.measured(self.model, self.data, self.pca)

    @property
    def worth(self) -> tuple[float, float, bool]:
        """Test error and equivalent k, and whether they are of other images than those shown."""
        record = self.run.record
        if "equivalent_k" in record:
            recorded = record["data"]["digest"] != self.data.digest
            return record["test_error"], record["equivalent_k"], recorded
        error = float(self.measured[2].mean())
        return error, equivalent_k(error, self.pca.test_error), False

    @property
    def quality(self) -> Quality | None:
        """What was measured of its codes, if it was."""
        config = self.run.config
        return quality.kept(Subject(config.dataset, config.k, self.run), self.data)

    @property
    def error(self) -> float:
        """The mean error over the test images that are shown."""
        error, _, recorded = self.worth
        return float(self.measured[2].mean()) if recorded else error


def told(of: Network, title: str, addresses: Mapping[str, str]) -> dict[str, Any]:
    """What is said of a network; see `SiteNetwork` in pcae/browser/types.d.ts."""
    run, data = of.run, of.data
    config, record, history = run.config, run.record, run.history
    error, components, recorded = of.worth
    if recorded:
        errors = headings.recorded(error, names.title(config.dataset))
    else:
        pca = float(of.pca.test_error[config.k])
        errors = headings.errors(error, config.k, pca, len(data.test), data.noun)
    measured = of.quality
    return {
        "key": run.key,
        "name": config.name,
        "title": title,
        "question": headings.question(config.k, data.noun),
        "worth": f"{worth(config.k, components)}.",
        "errors": errors,
        "config": config.to_dict(),
        "settings": config.to_query(),
        "words": {of: in_words(of, value) for of, value in asdict(config).items()},
        "dataset": config.dataset,
        "addresses": dict(addresses),
        "testError": _short(error),
        "recorded": recorded,
        "trainError": _short(record["train_error"]) if record else None,
        "equivalentK": _short(components),
        "history": [
            {
                "epoch": row.epoch,
                "trainLoss": _short(row.train_loss),
                "testError": _short(row.test_error),
                "seconds": _short(row.seconds),
            }
            for row in history
        ],
        "quality": measured
        and {
            "knnAccuracy": measured.knn_accuracy,
            "trustworthiness": measured.trustworthiness,
            "continuity": measured.continuity,
        },
        "seconds": _short(sum(row.seconds for row in history)),
        "device": record.get("device", ""),
        "parameters": config.parameters,
    }


def told_of_data(of: Network) -> dict[str, Any]:
    """What is said of a network's data; see `SiteDataset` in pcae/browser/types.d.ts."""
    data, pca, name = of.data, of.pca, of.run.config.dataset
    published = [
        {
            "name": each.name,
            "k": each.k,
            "testError": _short(each.test_error),
            "equivalentK": _short(equivalent_k(each.test_error, pca.test_error)),
            "source": each.source,
        }
        for each in PUBLISHED
        if each.test_error is not None and each.name != "PCA"
    ]
    return {
        "name": name,
        "digest": data.digest,
        "title": names.title(name),
        "shown": data.title,
        "noun": data.noun,
        "classes": data.classes,
        "shape": data.shape,
        "tests": len(data.test),
        "piece": packing.PIECES["test"],
        "trained": len(data.train),
        "licence": data.licence,
        "notice": _NOTICE.format(data=names.title(name)) if of.stands_in else "",
        "columns": data.columns,
        "target": data.target,
        "pair": two_digits(data.test.labels, 0),
        "published": published if name == "mnist" and not of.stands_in else [],
        "pca": {
            "trainError": list(map(_short, pca.train_error)),
            "testError": list(map(_short, pca.test_error)),
            "explainedVariance": list(map(_short, pca.explained_variance)),
        },
    }


def _short(value: float) -> float | None:
    """A number to six digits, which is more than is shown of any; None where it is none."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
