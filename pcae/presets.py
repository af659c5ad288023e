"""Settings with a name: the networks that ship, trained, and that the form offers first."""

from __future__ import annotations

from dataclasses import replace

from pcae.config import RunConfig

_SEED = RunConfig()
_HINTON = replace(_SEED, hidden=(1000, 500, 250), epochs=25)
_BEST = replace(_HINTON, activation="gelu", layer_norm=True, schedule="one-cycle")

PRESETS: dict[str, RunConfig] = {
    "Seed, 5 epochs": _SEED,
    "Seed, 25 epochs": replace(_SEED, epochs=25),
    "Seed net, better schedule": replace(
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
FIRST = PRESETS["Seed, 25 epochs"]  # what a first visit opens on


def preset_name(config: RunConfig) -> str | None:
    """The name of the preset with exactly these settings, if there is one."""
    return next((name for name, preset in PRESETS.items() if preset == config), None)
