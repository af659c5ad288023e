"""What one takes home of a run: the formats that page and command line offer, and files of arrays.

A format is a line of `FORMATS`; its writer gets a file, the run, the data that it is shown on and
their PCA.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet
from safetensors.numpy import save

from pcae import kept
from pcae.data.datasets import Dataset
from pcae.methods.both import of_test_images
from pcae.methods.pca import PCA
from pcae.store import Run
from pcae.takehome import code, keras_file, onefile, report
from pcae.training import quality

Writer = Callable[[BinaryIO, Run, Dataset, PCA], None]
_ROWS_AT_ONCE = 2_000


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
    write : callable
        Writes into a file that can be sought in, of run, data and PCA.
    by_process : bool
        Whether that may wait for a process.
    """

    label: str
    about: str
    ending: str
    mime: str
    write: Writer
    by_process: bool = False

    def make(self, run: Run, data: Dataset, fitted: PCA) -> bytes:
        """The file's bytes."""
        buffer = io.BytesIO()
        self.write(buffer, run, data, fitted)
        return buffer.getvalue()

    def save(self, path: Path, run: Run, data: Dataset, fitted: PCA) -> int:
        """Write the file into a new one, whole or not at all; its size in bytes.

        Raises
        ------
        FileExistsError
            There is one.
        """
        with path.open("xb") as file:
            try:
                self.write(file, run, data, fitted)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            return file.tell()


def file_name(run: Run, name: str, dataset: str) -> str:
    """What a run's file of a format is called: its shape, its key and the format's ending.

    Parameters
    ----------
    dataset : str
        The name of the data that the run is shown on.
    """
    if name == "data":
        return f"{dataset}.npz"  # as the script reads it
    return f"{run.config.layout}_{run.key}{FORMATS[name].ending.format(data=dataset)}"


def kept_as(run: Run, name: str, dataset: str, digest: str) -> str:
    """The name under which a run's file is kept: another once anything that is in it is another.

    Raises
    ------
    DamagedFile
        The run is not there any more.
    """
    record = [(run.folder / of) for of in ("config.json", "history.csv", "record.json")]
    stamps = [path.stat().st_mtime_ns if path.exists() else 0 for path in record]
    return kept.name(run, dataset, name, digest, stamps, run.frames(), quality.stamps(run))


def codes_and_scores(run: Run, data: Dataset, fitted: PCA) -> pa.Table:
    """A row a test image: its index and label, code, score with as many components, and errors.

    The table's metadata say what it is of, as JSON under `pcae`.
    """
    made, k = of_test_images(run.model(), fitted, data), run.config.k
    columns = {
        "index": np.arange(len(data.test), dtype=np.int32),
        "label": data.test.labels,
        **{f"code_{i + 1}": made.codes[:, i] for i in range(k)},
        **{f"score_{i + 1}": made.scores[:, i] for i in range(k)},
        "autoencoder_error": made.errors,
        "pca_error": made.pca_errors,
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


def _explorer(file: BinaryIO, run: Run, data: Dataset, fitted: PCA) -> None:
    file.writelines(onefile.page(run, data, fitted))


def _report(file: BinaryIO, run: Run, data: Dataset, fitted: PCA) -> None:
    file.write(report.report(run, data, fitted, quality.measured(run, data)).encode())


def _script(file: BinaryIO, run: Run, _: Dataset, __: PCA) -> None:
    file.write(code.script(run.config, _last_error(run)).encode())


def _notebook(file: BinaryIO, run: Run, _: Dataset, __: PCA) -> None:
    file.write(code.notebook(run.config, _last_error(run)).encode())


def _data(file: BinaryIO, _: Run, data: Dataset, __: PCA) -> None:
    """The rows in [0, 1] and the labels of both splits, as `np.savez_compressed` writes them.

    That would want all rows as floats in memory: half a gigabyte and more.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, split in (("train", data.train), ("test", data.test)):
            with archive.open(f"x_{name}.npy", "w", force_zip64=True) as entry:
                form = {"descr": "<f4", "fortran_order": False, "shape": split.images.shape}
                np.lib.format.write_array_header_1_0(entry, form)
                for start in range(0, len(split), _ROWS_AT_ONCE):
                    rows = split.pixels(slice(start, start + _ROWS_AT_ONCE))
                    entry.write(np.ascontiguousarray(rows, "<f4").data)
            with archive.open(f"y_{name}.npy", "w") as entry:
                np.lib.format.write_array(entry, split.labels, allow_pickle=False)


def _keras(file: BinaryIO, run: Run, _: Dataset, __: PCA) -> None:
    with keras_file.find_or_make(run).open("rb") as made:
        shutil.copyfileobj(made, file)


def _weights(file: BinaryIO, run: Run, data: Dataset, _: PCA) -> None:
    """The weights, as they are named in the store, with what is known of them."""
    model, history = run.model(), run.history
    about = {"config": model.config.canonical, "epochs": str(len(history))}
    if history:
        about["test_error"] = repr(history[-1].test_error)
    if data.name == model.config.dataset:
        about["data"], about["data_licence"] = data.title, data.licence
    file.write(save(dict(model.weights), about))


def _csv(file: BinaryIO, run: Run, data: Dataset, fitted: PCA) -> None:
    csv.write_csv(codes_and_scores(run, data, fitted), file)


def _parquet(file: BinaryIO, run: Run, data: Dataset, fitted: PCA) -> None:
    parquet.write_table(codes_and_scores(run, data, fitted), file)


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
        _explorer,
    ),
    "report": Format(
        "Report",
        "Settings, curves, pictures, quality; to print. The first time takes 15 s.",
        "_report-{data}.html",
        "text/html",
        _report,
        by_process=True,
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
        _keras,
        by_process=True,
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
