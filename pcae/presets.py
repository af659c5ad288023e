"""Settings with a name: the networks that ship, trained, and that the form offers first.

From these every network has its short name: a preset's, or its widths and epochs.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from pcae import names
from pcae.config import RunConfig

_SEED = RunConfig()
_HINTON = replace(_SEED, hidden=(1000, 500, 250), epochs=25)
_BEST = replace(_HINTON, activation="gelu", layer_norm=True, schedule="one-cycle")

PRESETS: dict[str, RunConfig] = {
    "Seed network, 5 epochs": _SEED,
    "Seed network, 25 epochs": replace(_SEED, epochs=25),
    "Seed network, better schedule": replace(
        _SEED, schedule="one-cycle", learning_rate=6e-3, batch_size=64
    ),
    "Best 2-D": replace(
        _BEST,
        optimizer="adamw",
        weight_decay=0.05,
        learning_rate=2e-3,
        batch_size=256,
        epochs=400,
        augmentation="turn",
    ),
    "Best 30-D": replace(
        _BEST, k=30, learning_rate=3e-3, batch_size=512, epochs=100, augmentation="shift"
    ),
    "Hinton & Salakhutdinov 2006, 2-D": _HINTON,
    "Hinton & Salakhutdinov 2006, 30-D": replace(_HINTON, k=30),
    "Linear": replace(
        _SEED, hidden=(), output="linear", schedule="one-cycle", learning_rate=0.01, epochs=20
    ),
}
FIRST = PRESETS["Seed network, 25 epochs"]  # what a first visit opens on


_FORMER = {  # names that commands and records of earlier versions have
    "Seed, 5 epochs": "Seed network, 5 epochs",
    "Seed, 25 epochs": "Seed network, 25 epochs",
    "Seed net, better schedule": "Seed network, better schedule",
}


def preset(name: str) -> RunConfig | None:
    """The preset of this name, or that had it in an earlier version, if there is one."""
    return PRESETS.get(_FORMER.get(name, name))


def preset_name(config: RunConfig) -> str | None:
    """The name of the preset with exactly these settings, if there is one."""
    return next((name for name, preset in PRESETS.items() if preset == config), None)


def short_name(config: RunConfig) -> str:
    """A network's name in a few words; its settings are `config.name`."""
    return ", ".join(_short(config))


def titles(configs: Mapping[str, RunConfig]) -> dict[str, str]:
    """Short names of networks by key, with what differs added where they would share one."""
    data = {of.dataset for of in configs.values()}
    called = tuple((name, names.title(name)) for name in sorted(data))
    return dict(_titles(tuple(configs.items()), called))


@functools.lru_cache(8)  # every page needs those of all networks, and they are long in the making
def _titles(
    configs: tuple[tuple[str, RunConfig], ...], called: tuple[tuple[str, str], ...]
) -> dict[str, str]:
    """The same, of networks whose data are called so."""
    alike: dict[str, list[tuple[str, RunConfig]]] = {}
    for key, config in configs:
        alike.setdefault(short_name(config), []).append((key, config))
    found = {}
    for of in alike.values():
        parts = {key: config.parts for key, config in of}
        common = set.intersection(*map(set, parts.values()))
        for key, config in of:
            short = _short(config)
            more = [part for part in parts[key] if part not in {*common, *short}]
            found[key] = ", ".join([*short, *(more if len(of) > 1 else [])])
    often = Counter(found.values())
    return {key: f"{of} ({key})" if often[of] > 1 else of for key, of in found.items()}


def _short(config: RunConfig) -> list[str]:
    """The parts of a short name: data and a preset's seed are told where they are not the usual."""
    if exact := preset_name(config):
        return [exact]
    name = _ALIKE.get(_without_data(config))
    parts = [name] if name else [config.parts[0], config.parts[2]]  # its widths and epochs
    if name and config.seed != _SEED.seed:
        parts.append(f"seed {config.seed}")
    if config.dataset != _SEED.dataset:
        parts.append(names.title(config.dataset))
    return parts


def _without_data(config: RunConfig) -> tuple[Any, ...]:
    """What networks share that differ in their data and their seed at most."""
    return tuple(getattr(config, of.name) for of in fields(config) if of.name not in _DATA)


_DATA = {"dataset", "seed"}
_ALIKE = {_without_data(preset): name for name, preset in reversed(PRESETS.items())}
