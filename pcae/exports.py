"""What one takes home of a run: the formats that page and command line offer, and files of arrays.

A format is a line of `FORMATS`; its maker gets the run, the data that it is shown on and their PCA.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet
from safetensors.numpy import save

from pcae import code, keras_file, quality, report
from pcae.datasets import Dataset
from pcae.explorer import onefile
from pcae.metrics import error_per_image
from pcae.pca import PCA
from pcae.store import Run

Maker = Callable[[Run, Dataset, PCA], bytes]


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes
    ----------
    label, about : str
        For people.
    ending : str
        Of the file's name; with "{data}" where the file is of the data that the run is shown on.
    mime : str
    make : callable
        Run, data and PCA to the file's bytes.
    """

    label: str
    about: str
    ending: str
    mime: str
    make: Maker


def file_name(run: Run, name: str, data: Dataset) -> str:
    """What a run's file of a format is called: its shape, its key and the format's ending."""
    if name == "data":
        return f"{data.name}.npz"  # as the script reads it
    shape = "-".join(map(str, run.config.widths))
    return f"{shape}_{run.key}{FORMATS[name].ending.format(data=data.name)}"


def codes_and_scores(run: Run, data: Dataset, fitted: PCA) -> pa.Table:
    """A row a test image: its index and label, code, score with as many components, and errors.

    The table's metadata say what it is of, as JSON under `pcae`.
    """
    images, k = data.test.pixels(), run.config.k
    model = run.model()
    codes, scores = model.encode(images), fitted.transform(images, k)
    columns = {
        "index": np.arange(len(images), dtype=np.int32),
        "label": data.test.labels,
        **{f"code_{i + 1}": codes[:, i] for i in range(k)},
        **{f"score_{i + 1}": scores[:, i] for i in range(k)},
        "autoencoder_error": error_per_image(images, model.decode(codes)),
        "pca_error": error_per_image(images, fitted.inverse_transform(scores)),
    }
    about = {
        "config": run.config.to_dict(),
        "data": data.about() | {"classes": data.classes, "licence": data.licence},
        "split": "test",
    }
    return pa.table(columns).replace_schema_metadata({"pcae": json.dumps(about)})


def offered(run: Run) -> list[str]:
    """The formats to offer of a run: its data only where its script cannot get it."""
    loads_itself = code.loads_itself(run.config.dataset)
    return [name for name in FORMATS if name != "data" or not loads_itself]


def _data(_: Run, data: Dataset, __: PCA) -> bytes:
    """The rows in [0, 1] and the labels of both splits."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        x_train=data.train.pixels(),
        y_train=data.train.labels,
        x_test=data.test.pixels(),
        y_test=data.test.labels,
    )
    return buffer.getvalue()


def _csv(run: Run, data: Dataset, fitted: PCA) -> bytes:
    buffer = io.BytesIO()
    csv.write_csv(codes_and_scores(run, data, fitted), buffer)
    return buffer.getvalue()


def _parquet(run: Run, data: Dataset, fitted: PCA) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(codes_and_scores(run, data, fitted), buffer)
    return buffer.getvalue()


def _weights(run: Run, data: Dataset, _: PCA) -> bytes:
    """The weights, as they are named in the store, with what is known of them."""
    model, history = run.model(), run.history
    about = {"config": model.config.canonical, "epochs": str(len(history))}
    if history:
        about["test_error"] = repr(history[-1].test_error)
    if data.name == model.config.dataset:
        about["data"], about["data_licence"] = data.title, data.licence
    return save(dict(model.weights), about)


def _report(run: Run, data: Dataset, fitted: PCA) -> bytes:
    return report.report(run, data, fitted, quality.measured(run, data)).encode()


def _script(run: Run, _: Dataset, __: PCA) -> bytes:
    return code.script(run.config, _last_error(run)).encode()


def _notebook(run: Run, _: Dataset, __: PCA) -> bytes:
    return code.notebook(run.config, _last_error(run)).encode()


def _last_error(run: Run) -> float | None:
    """The test error after the last of the epochs that were asked for, if it is trained so far."""
    history = run.history
    return history[-1].test_error if len(history) == run.config.epochs else None


FORMATS: dict[str, Format] = {
    "explorer": Format(
        "Explorer",
        "Works from the disk, without a server or a network.",
        "_explorer-{data}.html",
        "text/html",
        onefile.page,
    ),
    "report": Format(
        "Report",
        "Settings, curves, pictures, quality; to print. The first time takes 10 s.",
        "_report-{data}.html",
        "text/html",
        _report,
    ),
    "script": Format(
        "Script",
        "Trains this network in plain Keras, beside PCA.",
        "_train.py",
        "text/x-python",
        _script,
    ),
    "notebook": Format(
        "Notebook",
        "The same in steps, for Jupyter or Colab.",
        "_train.ipynb",
        "application/x-ipynb+json",
        _notebook,
    ),
    "data": Format(
        "Data",
        "The rows that the script reads, with labels.",
        ".npz",
        "application/octet-stream",
        _data,
    ),
    "keras": Format(
        "Model",
        "Opens in plain Keras, without pcae.",
        ".keras",
        "application/octet-stream",
        lambda run, *_: keras_file.find_or_make(run),
    ),
    "safetensors": Format(
        "Weights",
        "Float32 arrays by name, with the settings.",
        ".safetensors",
        "application/octet-stream",
        _weights,
    ),
    "csv": Format(
        "Codes and scores",
        "A row a test image: codes, scores, errors.",
        "_codes-test-{data}.csv",
        "text/csv",
        _csv,
    ),
    "parquet": Format(
        "Codes and scores",
        "The same for pandas, Polars or DuckDB.",
        "_codes-test-{data}.parquet",
        "application/vnd.apache.parquet",
        _parquet,
    ),
}
