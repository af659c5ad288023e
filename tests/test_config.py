"""A run's settings: checked, canonical, and the same in a link, in a file and in a key."""

import json
import subprocess
import sys
from dataclasses import FrozenInstanceError, asdict, replace
from math import prod
from pathlib import Path

import pytest

from pcae.config import RunConfig
from pcae.methods.autoencoder import trained_shapes
from pcae.presets import PRESETS, preset_name
from pcae.settings import (
    CHOICES,
    LABELS,
    MAX_LAYERS,
    MAX_PARAMETERS,
    MAX_WIDTH,
    RANGES,
    ConfigError,
    parse_widths,
)

ROOT = Path(__file__).parents[1]
USUAL = RunConfig()
CROSS_ENTROPY = RunConfig(
    dataset="fashion-mnist",
    hidden=(300, 40, 7),
    k=11,
    activation="gelu",
    layer_norm=True,
    loss="bce",
    optimizer="adamw",
    learning_rate=1 / 3000,
    weight_decay=0.07,
    schedule="one-cycle",
    batch_size=500,
    epochs=12,
    augmentation="shift",
    code_order="nested",
    noise="masking",
    beta=0.25,
    architecture="convolutional",
    seed=2**31 - 1,
)
LINEAR = replace(CROSS_ENTROPY, loss="mse", output="linear")
TIED = replace(LINEAR, architecture="dense", hidden=(), decoder_weights="tied")
CONFIGS = [*PRESETS.values(), CROSS_ENTROPY, LINEAR, TIED]
CHANGES = [
    {"dataset": "mnist-5k"},
    {"hidden": (512, 129)},
    {"hidden": ()},
    {"k": 3},
    {"activation": "relu"},
    {"layer_norm": True},
    {"output": "linear"},
    {"loss": "bce"},
    {"optimizer": "adamw"},
    {"optimizer": "adamw", "weight_decay": 0.01},
    {"learning_rate": 0.002},
    {"schedule": "one-cycle"},
    {"batch_size": 129},
    {"epochs": 6},
    {"augmentation": "shift"},
    {"augmentation": "turn"},
    {"code_order": "nested"},
    {"hidden": (), "output": "linear", "decoder_weights": "tied"},
    {"noise": "masking"},
    {"noise": "gaussian"},
    {"beta": 0.5},
    {"architecture": "convolutional"},
    {"seed": 1},
]
named = pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
changed = pytest.mark.parametrize("change", CHANGES, ids=str)


def test_the_default_is_the_network_of_the_question():
    assert USUAL.widths == (784, 512, 128, 2)
    assert preset_name(USUAL) == "Seed network, 5 epochs"


def test_the_key_of_the_default_never_changes():
    # links, stores and the run that ships are named by it: a new setting must not rename them
    assert USUAL.key == "2a5c2a656109"


@named
def test_a_key_is_twelve_hexadecimal_digits_and_belongs_to_one_config(config):
    assert len(config.key) == 12
    assert set(config.key) <= set("0123456789abcdef")
    assert [other for other in CONFIGS if other.key == config.key] == [config]


@changed
def test_every_setting_changes_the_key_and_the_name(change):
    config = replace(USUAL, **change)
    assert config.key != USUAL.key
    assert config.name != USUAL.name


@pytest.mark.parametrize(
    "same",
    [
        {"hidden": [512, 128]},
        {"k": 2.0},
        {"epochs": "5"},
        {"learning_rate": "1e-3"},
        {"weight_decay": 0},
        {"weight_decay": -0.0},
        {"weight_decay": "-0"},
    ],
    ids=str,
)
def test_equal_settings_share_a_key_however_they_are_written(same):
    config = RunConfig(**same)
    assert config == USUAL
    assert config.key == USUAL.key


def test_the_two_changed_configs_leave_no_field_as_usual():
    assert set(CROSS_ENTROPY.to_query()) | set(TIED.to_query()) == set(LABELS) == set(asdict(USUAL))


@named
def test_a_config_survives_json(config):
    again = RunConfig.from_dict(json.loads(json.dumps(config.to_dict())))
    assert again == config
    assert again.key == config.key


@named
def test_a_config_survives_a_link(config):
    query = config.to_query()
    assert all(isinstance(text, str) for text in query.values())
    assert RunConfig.from_query(query) == config


@changed
def test_a_link_holds_only_what_is_not_the_default(change):
    assert set(replace(USUAL, **change).to_query()) == set(change)


def test_the_canonical_text_does_not_depend_on_the_order_of_settings():
    said = set()
    for config in (CROSS_ENTROPY, TIED):  # no network has both of what they have
        backwards = dict(reversed(config.to_dict().items()))
        assert RunConfig.from_dict(backwards).canonical == config.canonical
        names = list(json.loads(config.canonical))
        assert names == sorted(names)
        said.update(names)
    assert said == set(LABELS)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hidden", "512, 128", (512, 128)),
        ("hidden", " 512 128,64 ", (512, 128, 64)),
        ("hidden", "", ()),
        ("k", " 30 ", 30),
        ("k", "3e1", 30),
        ("learning_rate", "3e-3", 0.003),
        ("layer_norm", "on", True),
        ("layer_norm", "TRUE", True),
        ("layer_norm", "no", False),
        ("activation", " gelu ", "gelu"),
    ],
)
def test_a_link_takes_a_value_as_people_write_it(name, text, value):
    assert getattr(RunConfig.from_query({name: text}), name) == value


@pytest.mark.parametrize("text", ["512, 128", "512 128", "512,128,"])
def test_widths_are_read_with_or_without_commas(text):
    assert parse_widths(text) == (512, 128)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("hidden", "512, -3", r"hidden width -3 is out of range: each is .* from 1 to 4,096"),
        ("hidden", "0", r"hidden width 0 is out of range: each is .* from 1 to 4,096"),
        ("hidden", str(MAX_WIDTH + 1), r"hidden width 4,097 is out of range: each is .* to 4,096"),
        ("hidden", "a", r"hidden widths 'a' are not whole numbers: write them with commas"),
        ("hidden", "1e3", r"hidden widths '1e3' are not whole numbers: write them with commas"),
        ("hidden", "2.5", r"hidden widths '2\.5' are not whole numbers: write them with commas"),
        ("hidden", "9 " * (MAX_LAYERS + 1), r"There are 9 hidden layers: choose at most 8"),
        ("k", "0", r"Bottleneck width k '0' is out of range: choose 1 to 4,096"),
        ("k", "785", r"Bottleneck width k 785 is out of range: choose 1 to 784"),
        ("k", "inf", r"Bottleneck width k 'inf' is out of range: choose 1 to 4,096"),
        ("k", "2.5", r"Bottleneck width k '2\.5' is not a whole number: choose one"),
        ("k", "two", r"Bottleneck width k 'two' is not a number: write one"),
        ("k", "nan", r"Bottleneck width k 'nan' is not a number: write one"),
        ("k", "", r"Bottleneck width k '' is not a number: write one"),
        ("epochs", "0", r"Epochs '0' is out of range: choose 1 to 1,000"),
        ("epochs", "10000000", r"Epochs '10000000' is out of range: choose 1 to 1,000"),
        ("learning_rate", "0", r"Learning rate '0' is out of range: choose 1e-06 to 1"),
        ("learning_rate", "nan", r"Learning rate 'nan' is not a number: write one"),
        ("learning_rate", "-inf", r"Learning rate '-inf' is out of range: choose 1e-06 to 1"),
        ("layer_norm", "maybe", r"Layer norm is 'maybe': write true or false"),
        ("dataset", "imagenet", r"Data set 'imagenet' is not known: choose one of mnist, "),
        ("activation", "swish", r"Activation 'swish' is not known: choose one of elu, relu, "),
        ("activation", "ELU", r"Activation 'ELU' is not known: choose one of elu, relu, "),
        ("colour", "red", r"There is no setting 'colour'; there are dataset, hidden, k, "),
    ],
)
def test_a_wrong_value_in_a_link_is_named_with_what_to_do(name, text, said):
    with pytest.raises(ConfigError, match=rf"^(The )?{said}.*\.$"):
        RunConfig.from_query({name: text})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"k": True}, r"Bottleneck width k True is not a number: write one"),
        ({"k": None}, r"Bottleneck width k None is not a number: write one"),
        ({"k": [2]}, r"Bottleneck width k \[2\] is not a number: write one"),
        ({"k": 2.5}, r"Bottleneck width k 2\.5 is not a whole number: choose one"),
        ({"k": float("nan")}, r"Bottleneck width k nan is not a number: write one"),
        ({"k": float("inf")}, r"Bottleneck width k inf is out of range: choose 1 to 4,096"),
        ({"epochs": 10_000_000}, r"Epochs 10,000,000 is out of range: choose 1 to 1,000"),
        ({"seed": -1}, r"Seed -1 is out of range: choose 0 to 2,147,483,647"),
        ({"hidden": "512"}, r"The hidden widths '512' are not a list of whole numbers, as in"),
        ({"hidden": (512, True)}, r"The hidden width True is out of range: each is a whole"),
        ({"hidden": (2.5,)}, r"The hidden width 2\.5 is out of range: each is a whole"),
        ({"layer_norm": 1}, r"Layer norm is 1: it is true or false"),
        ({"dataset": ["mnist"]}, r"Data set \['mnist'\] is not known: choose one of mnist, "),
        ({"schedule": None}, r"Learning-rate schedule None is not known: choose one of constant"),
        ({"loss": "bce", "output": "linear"}, r"Binary cross-entropy .*: choose the sigmoid"),
        ({"decoder_weights": "tied"}, r"Tied weights are for linear networks: choose no hidden"),
        ({"weight_decay": 0.02}, r"Weight decay 0\.02 needs the AdamW optimizer: choose AdamW"),
        ({"colour": "red", "k": 3}, r"There is no setting 'colour'; there are dataset, hidden"),
    ],
    ids=str,
)
def test_a_wrong_value_in_a_file_is_named_with_what_to_do(settings, said):
    with pytest.raises(ConfigError, match=rf"^{said}.*\.$"):
        RunConfig.from_dict(settings)


@pytest.mark.parametrize("name", RANGES)
def test_a_range_includes_its_ends_and_nothing_beyond(name):
    low, high = RANGES[name]
    adamw = replace(USUAL, optimizer="adamw", dataset="own-64x64-0123456789ab")
    for end, beyond in ((low, low - 1), (high, high + 1)):
        assert getattr(replace(adamw, **{name: end}), name) == end
        with pytest.raises(ConfigError, match=r"is out of range: choose .* to "):
            replace(adamw, **{name: beyond})


@pytest.mark.parametrize(
    ("name", "choice"), [(name, choice) for name in CHOICES for choice in CHOICES[name]]
)
def test_every_choice_makes_a_run(name, choice):
    linear = {"hidden": (), "output": "linear"} if choice == "tied" else {}  # alone may be tied
    config = RunConfig(**linear | {name: choice})
    assert getattr(config, name) == choice
    assert RunConfig.from_query(config.to_query()) == config


@pytest.mark.parametrize("text", ["x" * 100_000, "9" * 100_000], ids=["letters", "digits"])
@pytest.mark.parametrize("name", LABELS)
def test_a_huge_text_is_refused(name, text):
    with pytest.raises(ConfigError):
        RunConfig.from_query({name: text})


@pytest.mark.parametrize("name", [*LABELS, "x" * 9_000], ids=lambda name: name[:20])
def test_the_message_about_a_huge_text_stays_readable(name):
    with pytest.raises(ConfigError) as refused:
        RunConfig.from_query({name: "x" * 9_000})
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("settings", [{"k": 10**5000}, {"hidden": (10**5000,)}], ids=["k", "width"])
def test_a_number_too_long_to_print_is_refused_like_any_other(settings):
    with pytest.raises(ConfigError, match=r"out of range|not a number"):
        RunConfig(**settings)


def test_a_network_of_too_many_parameters_is_refused():
    assert RunConfig(hidden=(4096, 4096, 1220)).parameters <= MAX_PARAMETERS
    with pytest.raises(ConfigError, match=r"^The network has 50,003,888 .* at most 50,000,000\.$"):
        RunConfig(hidden=(4096, 4096, 1221))


def test_runs_that_differ_in_epochs_share_a_trajectory_under_a_constant_rate():
    longer = replace(USUAL, epochs=25)
    assert longer.key != USUAL.key
    assert longer.trajectory == USUAL.trajectory


def test_runs_that_differ_in_epochs_share_none_under_one_cycle():
    cycle = replace(USUAL, schedule="one-cycle")
    assert replace(cycle, epochs=25).trajectory != cycle.trajectory
    assert replace(cycle).trajectory == cycle.trajectory


@pytest.mark.parametrize("change", [c for c in CHANGES if "epochs" not in c], ids=str)
def test_any_other_difference_parts_trajectories(change):
    assert replace(USUAL, **change).trajectory != USUAL.trajectory


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (USUAL, "784-512-128-2, ELU, 5 epochs"),
        (replace(USUAL, epochs=1), "784-512-128-2, ELU, 1 epoch"),
        (replace(USUAL, epochs=1000, seed=3), "784-512-128-2, ELU, 1,000 epochs, seed 3"),
        (
            PRESETS["Linear"],
            "784-2, linear encoder, 20 epochs, linear output, one-cycle learning rate up to 0.01",
        ),
        (
            replace(CROSS_ENTROPY, learning_rate=0.003, seed=4),
            "784-300c-40c-7c-11, GELU, 12 epochs, convolutional, ordered codes, variational "
            "with beta 0.25, layer norm, cross-entropy, AdamW with weight decay 0.07, one-cycle "
            "learning rate up to 0.003, batches of 500, ±1-pixel shifts, noise: masking 0.3, "
            "seed 4, Fashion-MNIST",
        ),
        (
            RunConfig(architecture="convolutional", hidden=(32, 64, 128)),
            "784-32c-64c-128c-2, ELU, 5 epochs, convolutional",
        ),
    ],
)
def test_a_name_says_the_shape_and_what_is_not_as_usual(config, name):
    assert config.name == name


def test_every_preset_has_a_key_and_a_title_of_its_own():
    assert len({config.key for config in PRESETS.values()}) == len(PRESETS)
    for title, config in PRESETS.items():
        assert preset_name(config) == title
    assert preset_name(CROSS_ENTROPY) is None


@pytest.mark.parametrize(
    "config",
    [
        *(config for config in CONFIGS if config != TIED),
        RunConfig(hidden=()),
        RunConfig(hidden=(), layer_norm=True),
        RunConfig(hidden=(5, 6, 7), k=784, layer_norm=True),
        RunConfig(hidden=(), k=3, beta=1),
        RunConfig(hidden=(5, 6, 7), architecture="convolutional", layer_norm=True),
        RunConfig(hidden=(5, 6), architecture="convolutional", beta=1),
        RunConfig(hidden=(), output="linear", decoder_weights="tied"),
    ],
    ids=lambda config: config.key,
)
def test_parameters_counts_every_weight(config):
    assert config.parameters == sum(map(prod, trained_shapes(config).values()))


def test_a_kernel_that_is_tied_is_counted_once():
    own = replace(TIED, decoder_weights="own")
    assert TIED.parameters == own.parameters - 784 * TIED.k


def test_of_ordered_codes_as_many_are_kept_as_are_asked_for():
    config = RunConfig(k=3, code_order="nested")
    assert [config.kept(k) for k in (1, 3, 9)] == [1, 3, 3]
    assert [RunConfig(k=3).kept(k) for k in (1, 3, 9)] == [3, 3, 3]


def test_a_config_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        USUAL.k = 3
    assert hash(USUAL) == hash(RunConfig())


def test_importing_the_settings_imports_nothing_heavy():
    code = "import sys, pcae.config; print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"numpy", "tensorflow", "keras", "sklearn", "pandas", "plotly", "streamlit"}
    assert heavy.isdisjoint(answer.stdout.split())


def test_the_form_of_the_rows_follows_from_the_name_of_the_data():
    config = RunConfig(dataset="own-9x7-0123456789ab", augmentation="shift")
    assert (config.shape, config.widths) == ((9, 7), (63, 512, 128, 2))
    table = RunConfig(dataset="own-13-0123456789ab", k=13)
    assert (table.shape, table.widths) == (None, (13, 512, 128, 13))
    assert RunConfig.from_query(table.to_query()) == table
    with pytest.raises(ConfigError, match="k 14 is out of range: choose 1 to 13, as many as a row"):
        replace(table, k=14)
    with pytest.raises(ConfigError, match="Augmentation is for pictures, and this data is a table"):
        replace(table, augmentation="shift")
