"""A run's report: one HTML file, without scripts or foreign addresses, that prints on A4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from typing import Any

import numpy as np

from pcae.config import RunConfig
from pcae.data.datasets import Dataset
from pcae.figures import losses, svg
from pcae.figures.charts import plane
from pcae.figures.colors import LIGHT, RISING, span
from pcae.figures.pictures import data_uri
from pcae.figures.svg import Line
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.both import Made, of_test_images
from pcae.methods.metrics import equivalent_k, error_by_class, worth
from pcae.methods.pca import PCA
from pcae.presets import short_name
from pcae.settings import LABELS, in_words
from pcae.store import Run
from pcae.training.quality import FOLDS, MOST_IMAGES, NEIGHBOURS, Quality
from pcae.training.reporter import command

_STYLE = """
@page{size:A4;margin:14mm}
*{box-sizing:border-box}
body{font:9.5pt/1.4 system-ui,sans-serif;color:#1b1f24;background:#fff;max-width:182mm;
 margin:0 auto;padding:8mm 0}
h1{font-size:19pt;line-height:1.2;margin:0 0 2mm}
h2{font-size:12pt;margin:0 0 2mm;break-after:avoid}
section{break-inside:avoid;margin-top:5.5mm}
p{margin:0 0 2mm}.lead{font-size:11pt}.note{font-size:8.5pt;color:#57606a;margin-top:.6mm}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.5mm 1.5mm;border-bottom:.2mm solid #d0d7de;font-weight:400}
th:first-child{text-align:left}thead th{color:#57606a;font-size:9pt}
.settings{columns:2;column-gap:8mm}.settings div{display:flex;justify-content:space-between;
 gap:4mm;border-bottom:.2mm solid #d0d7de;padding:.5mm 1.5mm;break-inside:avoid}
.settings .other{font-weight:600;background:#fff4dc}
.facts th{width:42mm;color:#57606a}.facts td{text-align:left;overflow-wrap:anywhere}
.pair{display:flex;gap:4mm}.pair figure{flex:1}figure{margin:0}
.chart{display:block;width:100%}.chart text{font-size:11px;text-anchor:middle;fill:#57606a}
.chart text[text-anchor=end]{text-anchor:end}
.chart path,.chart rect{fill:none}.axes{stroke:#8c959f}.axes text{stroke:none}
.chart .line,.dots path{stroke-width:2;stroke-linecap:round}
.dots path{stroke-width:2.6;stroke-opacity:.75}
.legend{display:flex;flex-wrap:wrap;gap:0 4mm;margin-top:1mm}
.legend i{display:inline-block;width:2.6mm;height:2.6mm;border-radius:50%;margin-right:1mm}
.legend i.scale{width:40mm;height:2.6mm;border-radius:1.3mm;margin:1mm 2mm}
i.line{width:6mm;height:0;border-radius:0;border-top:.6mm solid;vertical-align:middle}
.classes{font-size:9pt}.classes th,.classes td{padding:.7mm .8mm;overflow-wrap:anywhere}
.beside{display:flex;gap:6mm;align-items:flex-start}.beside table{flex:1}
.beside td{white-space:nowrap}
.panel td,.panel th{border:0;text-align:center;padding:.4mm .4mm 1mm;font-size:8.5pt;
 line-height:1.2}
.panel th{text-align:left;width:25mm;font-size:9.5pt}
.panel img{width:14mm;image-rendering:pixelated;display:block;margin:0 auto .5mm}
@media print{body{padding:0}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
_CLASSES_BESIDE = 20  # each a column of a table; more are its rows
_PANEL = 10  # test images that are shown


@dataclass(frozen=True, eq=False)
class _Shown:
    """A run, the data that it is shown on, and what both methods make of the test images."""

    run: Run
    config: RunConfig
    data: Dataset
    pca: PCA
    model: Autoencoder
    made: Made

    @property
    def errors(self) -> list[np.ndarray]:
        """PCA's and the network's error of each test image."""
        return [self.made.pca_errors, self.made.errors]

    @property
    def own_data(self) -> bool:
        """Whether the run was trained with this data."""
        return self.data.name == self.config.dataset


def report(
    run: Run,
    data: Dataset,
    fitted: PCA,
    measured: Sequence[Quality | None] = (None, None),
) -> str:
    """A run's report as HTML.

    Parameters
    ----------
    run : Run
        A trained one.
    data : Dataset
        What it is shown on: its own data, or the digits that stand in.
    fitted : PCA
        Of that data.
    measured : sequence of (Quality or None)
        Of PCA with as many components, and of the run.

    Raises
    ------
    DamagedFile
        The run cannot be read.
    """
    config, model = run.config, run.model()
    of = _Shown(run, config, data, fitted, model, of_test_images(model, fitted, data))
    title = short_name(config)
    body = "".join(
        [
            _head(of, title),
            _section("Settings", _settings(config)),
            _section("Training", _curves(of)),
            _section("What made these figures", _origin(of)),
            _section("The test images in both planes", _planes(of)),
            _section("Reconstructions", _panel(of)),
            _section("Test error of each class", _by_class(of)) if data.labelled else "",
            _section("What the codes keep of the images", _quality(of, measured)),
        ]
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}: pcae</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}</body></html>\n"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>\n"


def _table(rows: Iterable[Sequence[object]], heads: Sequence[str] = (), kind: str = "") -> str:
    """Rows whose first cell is their name."""
    head = "".join(f"<th>{escape(of)}</th>" for of in heads)
    lines = [f"<thead><tr>{head}</tr></thead>"] if heads else []
    for first, *cells in rows:
        written = "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
        lines.append(f"<tr><th>{escape(str(first))}</th>{written}</tr>")
    return f'<table class="{kind}">{"".join(lines)}</table>'


def _head(of: _Shown, title: str) -> str:
    """What the network is, and what it is worth, in a sentence and a table."""
    done, epochs = len(of.run.history), of.config.epochs
    by_pca, by_network = float(of.pca.test_error[of.config.k]), float(of.errors[1].mean())
    components = equivalent_k(by_network, of.pca.test_error)
    parts = [f"<header><h1>{escape(title)}</h1><p>{escape(of.config.name)}"]
    parts.append(f" (after {done} of {epochs} epochs)</p>" if done < epochs else "</p>")
    parts.append(
        f'<p class="lead"><b>{worth(of.config.k, components)}</b> '
        f"({len(of.data.test):,} test images of {escape(of.data.title)}).</p>"
    )
    if not of.own_data:
        parts.append(
            f'<p class="note">{escape(of.data.title)} stands in for '
            f"{escape(in_words('dataset', of.config.dataset))}, which the network was trained "
            "with.</p>"
        )
    heads = ("", "k", "test error", "per image", "equivalent k", "parameters")
    pca_numbers = (of.config.k + 1) * of.data.inputs
    rows = [
        _figures(of.config, "PCA", by_pca, of.config.k, pca_numbers),
        _figures(of.config, "Autoencoder", by_network, components, of.config.parameters),
    ]
    note = (
        "Test error: the mean squared error over images and pixels in [0, 1]; per image it is "
        f"{of.config.inputs} times that. Equivalent k: how many principal components have the same "
        "error."
    )
    return "".join(parts) + _table(rows, heads) + f'<p class="note">{note}</p></header>\n'


def _figures(
    config: RunConfig, name: str, error: float, components: float, parameters: int
) -> list[str]:
    per_image = error * config.inputs
    return [
        name,
        f"{config.k}",
        f"{error:.5f}",
        f"{per_image:.2f}",
        f"{components:.1f}",
        f"{parameters:,}",
    ]


def _settings(config: RunConfig) -> str:
    usual, rows = RunConfig(), []
    for field in fields(RunConfig):
        value = getattr(config, field.name)
        kind = "" if value == getattr(usual, field.name) else ' class="other"'
        shown = escape(in_words(field.name, value))
        rows.append(f"<div{kind}><span>{LABELS[field.name]}</span><span>{shown}</span></div>")
    note = "Marked: what is not as usual." if ' class="other"' in "".join(rows) else "All as usual."
    return f'<div class="settings">{"".join(rows)}</div><p class="note">{note}</p>'


def _curves(of: _Shown) -> str:
    """Test error by epoch; the training loss with it where that is of the same unit."""
    history = of.run.history
    if not history:
        return "<p>Its history is not there.</p>"
    epochs = [row.epoch for row in history]
    test = Line("test error", epochs, [row.test_error for row in history], LIGHT.autoencoder)
    train = Line(
        "training loss", epochs, [row.train_loss for row in history], LIGHT.autoencoder, True
    )
    beside = of.config.loss_is_error
    lines = [test, train] if beside else [test]
    if of.own_data:
        k, last = of.config.k, epochs[-1]
        level = float(of.pca.test_error[k])
        lines.append(Line(f"test error of PCA, k = {k}", [0, last], [level, level], LIGHT.pca))
    drawn = _legend(lines) + svg.curves(lines, ("epoch", "error"), epochs[-1])
    told = [(row.train_loss, row.divergence) for row in history if row.divergence is not None]
    if len(told) == len(history):  # of a variational network
        apart = zip(*(losses.parts(of.config, *both) for both in told), strict=True)
        named = ("training loss, reconstruction", "training loss, divergence")
        axes = (in_words("loss", of.config.loss), "nats an image")
        for name, axis, values in zip(named, axes, apart, strict=True):
            line = Line(name, epochs, list(values), LIGHT.autoencoder, True)
            drawn += _legend([line]) + svg.curves([line], ("epoch", axis), epochs[-1])
    elif not beside:
        axes = ("epoch", in_words("loss", of.config.loss))
        drawn += _legend([train]) + svg.curves([train], axes, epochs[-1])
    seconds, title = sum(row.seconds for row in history), in_words("dataset", of.config.dataset)
    note = f"Trained for {seconds:,.1f} s; test errors are of the test images of {escape(title)}."
    return drawn + f'<p class="note">{note}</p>'


def _legend(lines: Sequence[Line]) -> str:
    parts = []
    for line in lines:
        style = f"color:{line.color};border-top-style:{'dashed' if line.dashed else 'solid'}"
        parts.append(f'<span><i class="line" style="{style}"></i>{escape(line.name)}</span>')
    return f'<div class="legend">{"".join(parts)}</div>'


def _planes(of: _Shown) -> str:
    labels, figures, targets = of.data.test.labels, [], of.data.test.targets
    palette: Sequence[str] = ()
    if targets is not None:
        palette = RISING["light"]
        low, high = span(targets)
        share = np.clip((targets - low) / ((high - low) or 1), 0, 1)
        labels = np.rint(share * (len(palette) - 1)).astype(int)
    for title, kind, values in (
        ("PCA", "score", of.made.scores),
        ("Autoencoder", "code", of.made.codes),
    ):
        drawn = svg.plane(plane(title, kind, values, of.data.test.labels), labels, palette)
        figures.append(f"<figure><b>{title}</b>{drawn}</figure>")
    legend, told = "", ""
    if targets is not None:
        legend = (
            f'<div class="legend"><b>{escape(of.data.target)}</b>&nbsp; {low:.4g}'
            f'<i class="scale" style="background:linear-gradient(90deg,{",".join(palette)})"></i>'
            f"{high:.4g}</div>"
        )
        told = "; neither method was told this"
    if of.data.labelled:
        classes = "".join(
            f'<span><i style="background:{LIGHT.classes[label]}"></i>{escape(name)}</span>'
            for label, name in enumerate(of.data.classes)
        )
        legend = f'<div class="legend">{classes}</div>'
        told = "; neither method was told the classes"
    more = f" of {of.config.k}" if of.config.k > 2 else ""
    axes = f" Shown are the first two{more}." if more else ""
    note = f"All {len(labels):,} test images{told}.{axes}"
    return f'<div class="pair">{"".join(figures)}</div>{legend}<p class="note">{note}</p>'


def _panel(of: _Shown) -> str:
    """The first test image of each class, as it is and as both methods show it."""
    shape = of.data.shape
    if shape is None:
        return "<p>These are rows of a table, not pictures.</p>"
    labels = of.data.test.labels
    if of.data.labelled:
        firsts, which = np.unique(labels, return_index=True)[1], "image of each class"
        if len(firsts) > _PANEL:
            firsts, which = firsts[:_PANEL], f"image of each of the first {_PANEL} classes"
    else:
        firsts, which = np.arange(min(_PANEL, len(labels))), "images"
    errors, codes, scores = (None, *of.errors), of.made.codes[firsts], of.made.scores[firsts]
    heads = "".join(f"<td>{escape(name)}</td>" for name in of.data.class_names(labels[firsts]))
    rows = [f"<tr><td></td>{heads}</tr>"]
    for name, images, each in zip(
        ("Original", f"PCA, k = {of.config.k}", "Autoencoder"),
        (of.data.test.pixels(firsts), of.pca.inverse_transform(scores), of.model.decode(codes)),
        errors,
        strict=True,
    ):
        cells = "".join(
            f'<td><img src="{data_uri(image, shape)}" alt="{escape(name)}">'
            f"{f'no. {i:,}' if each is None else f'{each[i]:.4f}'}</td>"
            for i, image in zip(firsts, images, strict=True)
        )
        rows.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    note = f"The first test {which}; under a reconstruction, its error."
    return f'<table class="panel">{"".join(rows)}</table><p class="note">{note}</p>'


def _by_class(of: _Shown) -> str:
    labels, classes = of.data.test.labels, of.data.classes
    rows = []
    for name, errors in zip(("PCA", "Autoencoder"), of.errors, strict=True):
        by_class = error_by_class(errors, labels, len(classes))
        rows.append([name, *map(_error, by_class), _error(errors.mean())])
    if len(classes) <= _CLASSES_BESIDE:
        return _table(rows, ("", *classes, "all"), "classes")
    turned = list(zip(("", *classes, "all"), *rows, strict=True))
    heads, lines = turned[0], [list(line) for line in turned[1:]]
    long = -(-len(lines) // 3)
    parts = [_table(lines[at : at + long], heads, "classes") for at in range(0, len(lines), long)]
    return f'<div class="beside">{"".join(parts)}</div>'


def _error(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.4f}"  # a class without test images


def _quality(of: _Shown, measured: Sequence[Quality | None]) -> str:
    """What was measured of both methods."""
    rows = []
    for method, found in zip(("PCA", "Autoencoder"), measured, strict=True):
        if found:
            numbers = (found.knn_accuracy, found.trustworthiness, found.continuity)
            rows.append([method, *("–" if value is None else f"{value:.3f}" for value in numbers)])
    if not rows:
        return f"<p>Not measured: <code>python -m pcae quality {of.run.key}</code> does.</p>"
    few = min(len(of.data.test), MOST_IMAGES)
    note = (
        f"{NEIGHBOURS}-NN accuracy: of all test images, by {FOLDS}-fold "
        f"cross-validation; trustworthiness and continuity: of the first {few:,}."
    )
    heads = ("", f"{NEIGHBOURS}-NN accuracy", "trustworthiness", "continuity")
    return _table(rows, heads) + f'<p class="note">{note}</p>'


def _origin(of: _Shown) -> str:
    """Command, data and split, machine, versions."""
    record, data = of.run.record, of.data
    rows = [
        ("Command", record.get("command", command(of.config))),
        ("Run", of.run.key),
        ("Data shown", _split(data.about(), data.title)),
        ("Its licence", data.licence),
    ]
    if record:
        if not of.own_data:
            title = in_words("dataset", of.config.dataset)
            rows.append(("Trained with", _split(record["data"], title)))
        errors = [f"{split} error {record[f'{split}_error']:.5f}" for split in ("train", "test")]
        versions = [f"{name} {version}" for name, version in sorted(record["versions"].items())]
        rows += [
            ("Recorded in training", ", ".join(errors)),
            ("Machine", record["device"]),
            ("Versions", ", ".join(versions)),
            ("Weights, SHA-256", record["weights_sha256"]),
        ]
    return _table(rows, kind="facts")


def _split(about: Mapping[str, Any], title: str) -> str:
    counts = f"{about['train']:,} training and {about['test']:,} test images"
    return f"{title}, {counts}, digest {about['digest']}"
