"""The command line: train, sweep, evaluate, quality, export, pca, runs, data, class and more.

It calls the same functions as the pages. With `--json` a command prints one JSON object on
standard output and nothing else there; the objects' keys are an interface and stay. A command
that fails prints one sentence on standard error and exits with 1, or 2 for a wrong flag.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from pcae import doctor, names, store
from pcae.classroom import opening
from pcae.classroom.opening import NotOpened
from pcae.cluster import command as cluster
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.data.datasets import DataError, DataMissing, Dataset
from pcae.data.published import gallery
from pcae.files import DamagedFile
from pcae.following import Failure, follow, follow_all, note
from pcae.methods.metrics import (
    angles_by_row,
    equivalent_k,
    errors_by_k,
    evaluate,
    principal_angles,
)
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS, preset
from pcae.settings import LABELS, ConfigError, flag, parse, to_text
from pcae.store import Run
from pcae.takehome import exports, making
from pcae.takehome.folder import NotWritten
from pcae.takehome.keras_file import NotMade
from pcae.training import jobs, quality, sweep
from pcae.training.jobs import JobError
from pcae.training.named import ClusterError
from pcae.training.sweep import AXES, Sweep

_FAILURES = (
    *(Failure, DataError, DamagedFile, JobError, ClusterError),
    *(NotMade, NotOpened, NotWritten),
)
_STEP = 0.1  # of a download, between two lines about it


def main(arguments: list[str] | None = None) -> int:
    """Run a command; its exit status."""
    options = _parser().parse_args(arguments)
    try:
        result, text = options.command(options)
    except (ConfigError, doctor.BadAddress) as problem:
        return _fail(problem, 2)
    except _FAILURES as problem:
        return _fail(problem, 1)
    except OSError as problem:
        return _fail(f"{problem}. Free space there, or check its folder.", 1)
    print(json.dumps(result) if options.json else text)
    if result.get("problems"):
        return _fail(f"{result['problems']} of the {options.problem}.", 1)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pcae", description="What an autoencoder does that PCA cannot."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train a network, or show it if it is trained")
    train.set_defaults(command=_train)
    train.add_argument("--preset", metavar="NAME", help="start from: " + "; ".join(PRESETS))
    for field in fields(RunConfig):
        name = field.name
        train.add_argument(flag(name), dest=f"config_{name}", help=LABELS[name], metavar="X")

    grid = commands.add_parser("sweep", help="train every network of a grid, one after another")
    grid.set_defaults(command=_sweep, problem="networks were not trained")
    grid.add_argument("--preset", metavar="NAME", help="the other settings: " + "; ".join(PRESETS))
    grid.add_argument("--hidden", metavar="X", help='as in "512, 128; 256"')
    grid.add_argument("--k", metavar="X", help='as in "1, 2, 3"')
    grid.add_argument("--epochs", metavar="X", help='as in "5, 25"')
    grid.add_argument("--seeds", metavar="X", dest="seed", help='as in "0, 1"')

    show = commands.add_parser("evaluate", help="measure a trained network")
    show.set_defaults(command=_evaluate)
    which = show.add_mutually_exclusive_group(required=True)
    which.add_argument("run", nargs="?", help="a run's key or a preset's name")
    which.add_argument("--all", action="store_true", help="every trained run")

    kept = commands.add_parser("quality", help="measure what codes keep of the digits")
    kept.set_defaults(command=_quality)
    which = kept.add_mutually_exclusive_group(required=True)
    which.add_argument("run", nargs="?", help="a run's key or a preset's name")
    which.add_argument("--all", action="store_true", help="every trained run, and PCA with their k")

    take = commands.add_parser("export", help="write a file of a trained network, or a site")
    take.set_defaults(command=_export)
    take.add_argument("run", nargs="+", help="a run's key or a preset's name; of a site, several")
    take.add_argument("--format", required=True, choices=[*exports.FORMATS, making.SITE])
    take.add_argument("--output", type=Path, metavar="FILE", help="a new file, a site's folder")

    pca = commands.add_parser("pca", help="measure PCA with k components")
    pca.set_defaults(command=_pca)
    pca.add_argument("--k", type=int, required=True, help="1 to the number of pixels")
    pca.add_argument("--dataset", default="mnist", help=", ".join(names.DATASETS))

    listing = commands.add_parser("runs", help="list the runs")
    listing.set_defaults(command=_runs)
    group = commands.add_parser("data", help="fetch a data set that is published")
    fetch = group.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "fetch", help="fetch one, anew where it is damaged"
    )
    fetch.set_defaults(command=_fetch)
    fetch.add_argument("name", choices=[*datasets.DOWNLOADED, *gallery.SOURCES])
    fetch.add_argument("--json", action="store_true", help="print one JSON object")
    served = commands.add_parser("class", help="serve to others, and print the teacher's link")
    served.set_defaults(command=opening.run)
    opening.add_options(served)
    check = commands.add_parser("doctor", help="say what is here and what is wrong with it")
    check.set_defaults(command=doctor.run, problem="checks found a problem")
    check.add_argument("--server", metavar="URL", help="of a server, as seen from outside")
    commands_with_result = [of for name, of in commands.choices.items() if name != "data"]
    group = commands.add_parser("cluster", help="train on several machines, or try it out on one")
    for command in commands_with_result + cluster.add_options(group):
        command.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _train(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    config = _config(options)
    data = _data(config.dataset)
    config = replace(config, dataset=data.name)
    run = jobs.submit(config)
    follow(run, quiet=options.json)
    result = _figures(run, data)
    result["seconds"] = sum(row.seconds for row in run.history)
    return result, _describe(result)


def _sweep(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    base = _preset(options)
    texts = {name: to_text(getattr(base, name)) for name in AXES}
    texts |= {name: text for name in AXES if (text := getattr(options, name)) is not None}
    grid = Sweep.from_text(base, texts)
    grid = replace(grid, base=replace(grid.base, dataset=_data(base.dataset).name))
    sweep.submit(grid)
    rows = [
        {
            "run": network.config.key,
            "name": network.config.name,
            "config": network.config.to_dict(),
            "state": network.status.state,
            "message": network.status.message,
            "test_error": network.test_error,
            "equivalent_k": network.equivalent_k,
            "seconds": network.seconds,
        }
        for network in follow_all(grid, quiet=options.json)
    ]
    problems = sum(row["state"] != "finished" for row in rows)
    return {"sweep": grid.key, "runs": rows, "problems": problems}, "\n".join(map(_row, rows))


def _row(row: Mapping[str, Any]) -> str:
    """A network of a sweep: its errors are of the test images."""
    start = f"{row['run']}  {row['state']:11}  "
    if row["test_error"] is None:
        return start + f"{row['name']}: {row['message']}"
    return (
        f"{start}test error {row['test_error']:.5f}  equivalent k {row['equivalent_k']:4.1f}  "
        f"{row['seconds']:6.1f} s  {row['name']}"
    )


def _evaluate(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    if not options.all:
        run = _find(options.run)
        result = _figures(run, _data(run.config.dataset))
        return result, _describe(result)
    trained = _readable(store.trained_runs().values())
    data = {name: _data(name) for name in {run.config.dataset for run in trained}}
    results = []
    for run in trained:
        try:
            results.append(_figures(run, data[run.config.dataset]))
        except DamagedFile as problem:
            note(str(problem))
    return {"runs": results}, "\n\n".join(map(_describe, results))


def _quality(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    cluster.measure(everything=options.all)
    subjects = quality.subjects()
    if not options.all:
        subjects = quality.pair(_find(options.run))
    data = {name: _data(name) for name in {of.dataset for of in subjects}}
    results, lines = [], []
    for of in subjects:
        try:
            name = of.run.config.name if of.run else f"PCA, k = {of.k}"
            its = data[of.dataset]
            figures = asdict(quality.find_or_measure(of, its, load_or_fit(its)))
        except DamagedFile as problem:
            note(str(problem))
            continue
        results.append({"run": of.run and of.run.key, "k": of.k, "data": its.about(), **figures})
        there = {key: value for key, value in figures.items() if value is not None}
        shown = ", ".join(f"{key} {value:.4f}" for key, value in there.items())
        lines.append(f"{name}, {len(its.test):,} test images\n  {shown}")
    return {"quality": results}, "\n".join(lines)


def _export(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    runs = [_find(name) for name in options.run]
    if options.format == making.SITE:
        return making.export(runs, options.output, _data)
    if len(runs) > 1:
        raise Failure("Only a site is of several networks: name one, or choose --format site.")
    run, data = runs[0], _data(runs[0].config.dataset)
    path = options.output or Path(exports.file_name(run, options.format, data.name))
    if path.exists():  # before what may take seconds
        raise Failure(f"{path} is there already: name another with --output, or remove it.")
    size = exports.FORMATS[options.format].save(path, run, data, load_or_fit(data))
    result = {"run": run.key, "format": options.format, "file": str(path.absolute())}
    return result | {"bytes": size}, f"{path}, {size:,} bytes"


def _pca(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    config = RunConfig(k=options.k, dataset=options.dataset)  # checks both
    data = _data(config.dataset)
    pca = load_or_fit(data)
    figures = evaluate(lambda images: pca.reconstruct(images, config.k), data).figures()
    result = {"k": config.k, **figures, "data": data.about()}
    text = (
        f"PCA, k = {config.k}, on {data.title} ({len(data.test):,} test images)\n"
        f"train error {figures['train_error']:.5f}\ntest error  {figures['test_error']:.5f}"
        f" ({figures['test_error_per_image']:.3f} per image)"
    )
    return result, text


def _runs(_: argparse.Namespace) -> tuple[dict[str, Any], str]:
    rows = []
    for run in _readable(store.runs()):
        config, history = run.config, run.history
        rows.append(
            {
                "run": run.key,
                "name": config.name,
                "config": config.to_dict(),
                "state": jobs.status(run).state,
                "shipped": run.shipped,
                "epochs": len(history),
                "test_error": history[-1].test_error if history else None,
            }
        )
    lines = [
        f"{row['run']}  {row['state']:11}  "
        f"{'' if row['test_error'] is None else format(row['test_error'], '.5f'):7}  {row['name']}"
        for row in rows
    ]
    return {"runs": rows}, "\n".join(lines) or "There are no runs."


def _fetch(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    told = 0.0

    def tell(share: float, words: str) -> None:
        nonlocal told
        if not options.json and share > told + _STEP:
            told = share
            note(f"{options.name}: {words}")

    fetched = gallery.fetch if options.name in gallery.SOURCES else datasets.download
    data = fetched(options.name, tell)
    text = f"{data.title}: {len(data.train):,} training and {len(data.test):,} test images"
    return data.about() | {"source": data.source}, f"{text}, {data.source}"


def _preset(options: argparse.Namespace) -> RunConfig:
    if options.preset is None:
        return RunConfig()
    if (found := preset(options.preset)) is None:
        names = "; ".join(PRESETS)
        raise ConfigError(f"There is no preset {options.preset!r}; there are: {names}.")
    return found


def _config(options: argparse.Namespace) -> RunConfig:
    base = _preset(options)
    given = {
        name.removeprefix("config_"): text
        for name, text in vars(options).items()
        if name.startswith("config_") and text is not None
    }
    return replace(base, **{name: parse(name, text) for name, text in given.items()})


def _data(name: str) -> Dataset:
    """The data set, fetched if need be; for MNIST, the 5,000 digits where that fails."""
    try:
        return datasets.load(name)
    except DataMissing as missing:
        if name not in datasets.DOWNLOADED:
            raise
        try:
            return datasets.download(name)
        except DataError as problem:
            if name != "mnist":
                raise
            sample = datasets.load("mnist-5k")
            note(f"{missing} {problem} Using the {sample.title}, instead.")
            return sample


def _find(name: str) -> Run:
    named = preset(name)
    run = store.find(named.key if named else name)
    if run is None or not run.trained:
        raise Failure(
            f"There is no trained run {name!r}. python -m pcae runs lists those there are."
        )
    return run


def _readable(runs: Iterable[Run]) -> list[Run]:
    """The runs whose settings, history and status can be read; of the others it is told."""
    kept = []
    for run in runs:
        try:
            _ = run.config, run.history, run.status
            kept.append(run)
        except DamagedFile as problem:
            note(str(problem))
    return kept


def _figures(run: Run, data: Dataset) -> dict[str, Any]:
    """What `train` and `evaluate` print of a run."""
    config, model, history = run.config, run.model(), run.history
    figures, pca = evaluate(model.reconstruct, data).figures(), load_or_fit(data)
    result = {
        "run": run.key,
        "name": config.name,
        "config": config.to_dict(),
        "data": data.about(),
        **figures,
        "equivalent_k": equivalent_k(figures["test_error"], pca.test_error),
        "epochs": len(history),
        "history": [
            {name: value for name, value in asdict(row).items() if value is not None}
            for row in history
        ],
        "parameters": config.parameters,
        "weights_sha256": store.sha256_of(run),
    }
    if config.linear:
        planes = model.weights["decoder.0.kernel"], pca.components[: config.k]
        result["angles_to_pca"] = principal_angles(*planes).tolist()
        if config.code_order == "nested":
            result["angles_by_component"] = angles_by_row(*planes).tolist()
    if config.code_order == "nested":
        result["test_error_by_k"] = errors_by_k(model, data.test.pixels())
    return result


def _describe(result: Mapping[str, Any]) -> str:
    by_k = enumerate(result.get("test_error_by_k", []), start=1)
    cut = "".join(f"\nfirst {k:3} codes {error:.5f}" for k, error in by_k)
    angles = "".join(f"\nangle to PCA {angle:.2f}°" for angle in result.get("angles_to_pca", []))
    by_component = enumerate(result.get("angles_by_component", []), start=1)
    angles += "".join(f"\nangle to component {of:3} {angle:.2f}°" for of, angle in by_component)
    return (
        f"{result['name']} ({result['run']}) on {result['data']['name']}, "
        f"{result['data']['test']:,} test images\n"
        f"train error  {result['train_error']:.5f}\n"
        f"test error   {result['test_error']:.5f} "
        f"({result['test_error_per_image']:.3f} per image)\n"
        f"equivalent k {result['equivalent_k']:.1f} principal components{angles}{cut}"
    )


def _fail(problem: object, status: int) -> int:
    note(str(problem))
    return status
