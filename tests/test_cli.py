"""The command line, as a person and as a program use it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pcae import __version__, cli, doctor, following, names, store
from pcae.config import RunConfig
from pcae.data.datasets import keras_cache
from pcae.methods.autoencoder import weight_shapes
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS
from pcae.store import own_run
from pcae.training import jobs
from tests.damages import make_store
from tests.takehome.test_keras_file import trained

pytestmark = pytest.mark.usefixtures("pca_kept")

SMALL = ["train", "--dataset", "mnist-5k", "--hidden", "32", "--epochs", "2"]
EVALUATED = {
    "run", "name", "config", "data", "train_error", "test_error", "test_error_per_image",
    "test_error_by_class", "equivalent_k", "epochs", "history", "parameters", "weights_sha256",
}  # fmt: skip


@pytest.fixture
def call(capsys):
    """Run a command: its exit status, standard output and standard error."""

    def call(*arguments):
        try:
            status = cli.main(list(arguments))
        except SystemExit as ended:
            status = ended.code
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def call_json(call):
    """Run a command with --json that must succeed: its object."""

    def call_json(*arguments):
        status, out, err = call(*arguments, "--json")
        assert status == 0, err
        return json.loads(out)

    return call_json


def test_a_linear_network_is_evaluated_with_its_angles_to_pca(call, call_json, sample):
    config = RunConfig(dataset="mnist-5k", hidden=(), output="linear")
    run = store.create(config)
    weights = {name: np.zeros(of, np.float32) for name, of in weight_shapes(config).items()}
    fitted = load_or_fit(sample)
    turned = fitted.components[:2].copy()
    turned[1] = (fitted.components[1] + fitted.components[5]) / np.sqrt(2)
    run.write_checkpoint(1, weights | {"decoder.0.kernel": turned})
    assert call_json("evaluate", run.key)["angles_to_pca"] == pytest.approx([0, 45], abs=0.01)
    assert "angle to PCA 45.00°" in call("evaluate", run.key)[1]


def test_of_an_ordered_linear_network_each_direction_has_its_angle_to_its_component(
    call, call_json, sample
):
    config = RunConfig(dataset="mnist-5k", hidden=(), output="linear", code_order="nested")
    run = store.create(config)
    components = load_or_fit(sample).components
    weights = {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(config).items()}
    weights["decoder.0.kernel"] = np.stack([-3 * components[0], components[0] + components[1]])
    run.write_checkpoint(1, weights)
    found = call_json("evaluate", run.key)
    assert found["angles_by_component"] == pytest.approx([0, 45], abs=0.01)
    assert found["angles_to_pca"] == pytest.approx([0, 0], abs=0.1)
    assert len(found["test_error_by_k"]) == 2
    assert "angle to component   2 45.00°" in call("evaluate", run.key)[1]


def test_quality_is_measured_of_a_run_and_of_pca_with_its_k(call_json):
    pca, run = call_json("quality", "Seed network, 5 epochs")["quality"]
    assert (pca["run"], pca["k"]) == (None, 2)
    assert run["run"] == PRESETS["Seed network, 5 epochs"].key
    assert run["data"]["test"] == pca["data"]["test"] == 1_000
    accuracies = "knn_accuracy", "knn1_train_test", "knn5_train_test"
    for figure in (*accuracies, "trustworthiness", "continuity"):
        assert 0 < pca[figure] < run[figure] < 1


def test_a_file_is_exported_and_never_written_over(call, call_json, tmp_path, monkeypatch, sample):
    path = tmp_path / "codes.csv"
    result = call_json("export", "Seed network, 5 epochs", "--format", "csv", "--output", str(path))
    content = path.read_bytes()
    key = PRESETS["Seed network, 5 epochs"].key
    assert result == {"run": key, "format": "csv", "file": str(path), "bytes": len(content)}
    assert content.count(b"\n") == 1 + len(sample.test)
    status, _, err = call("export", key, "--format", "script", "--output", str(path))
    assert status == 1
    assert f"{path} is there already" in err
    assert path.read_bytes() == content
    monkeypatch.chdir(tmp_path)
    status, out, _ = call("export", key, "--format", "script")
    assert status == 0
    assert f"784-512-128-2_{key}_train.py, " in out
    assert "import keras" in (tmp_path / f"784-512-128-2_{key}_train.py").read_text()


def test_a_site_of_several_networks_is_exported(call, call_json, tmp_path):
    place = tmp_path / "site"
    asked = ["export", "Linear", "Seed network, 5 epochs", "--format", "site"]
    result = call_json(*asked, "--output", str(place))
    assert result["runs"] == [PRESETS[name].key for name in asked[1:3]]
    assert (result["format"], result["folder"]) == ("site", str(place))
    sizes = [of.stat().st_size for of in place.rglob("*") if of.is_file()]
    assert (result["files"], result["bytes"]) == (len(sizes), sum(sizes))
    (place / "mine.txt").write_text("precious")
    status, _, err = call(*asked, "--output", str(place))
    assert status == 1
    assert "holds something else (mine.txt)" in err
    status, _, err = call(*asked[:3], "--format", "csv")
    assert status == 1
    assert "Only a site is of several networks" in err


def test_what_cannot_be_exported_is_a_sentence(call, tmp_path):
    key, path = PRESETS["Seed network, 5 epochs"].key, tmp_path / "none" / "x.py"
    status, _, err = call("export", key, "--format", "script", "--output", str(path))
    assert status == 1
    assert str(path) in err
    assert call("export", "nothing", "--format", "script")[0] == 1
    status, _, err = call("export", key, "--format", "pdf")
    assert status == 2
    assert "safetensors" in err


def test_pca_prints_the_errors(call_json, sample):
    result = call_json("pca", "--k", "9", "--dataset", "mnist-5k")
    assert set(result) == {
        "k", "train_error", "test_error", "test_error_per_image", "test_error_by_class", "data",
    }  # fmt: skip
    pca = load_or_fit(sample)
    assert result["k"] == 9
    assert result["test_error"] == pytest.approx(pca.test_error[9], abs=1e-7)
    assert result["train_error"] == pytest.approx(pca.train_error[9], abs=1e-7)
    assert result["test_error_per_image"] == pytest.approx(784 * result["test_error"])
    # the sample's test split has as many digits of each class
    assert sum(result["test_error_by_class"]) / 10 == pytest.approx(result["test_error"])
    assert result["data"] == sample.about()


def test_without_the_full_set_the_sample_stands_in_and_is_named(call):
    status, out, err = call("pca", "--k", "2", "--json")
    assert status == 0
    assert json.loads(out)["data"]["name"] == "mnist-5k"
    assert "full MNIST is not on this machine" in err
    assert "5,000 digits" in err


def test_train_then_evaluate_then_train_again(one_worker, call, call_json):
    trained = call_json(*SMALL)
    assert set(trained) == EVALUATED | {"seconds"}
    assert trained["epochs"] == 2
    assert [set(row) for row in trained["history"]] == [
        {"epoch", "train_loss", "test_error", "seconds"}
    ] * 2
    assert trained["seconds"] == pytest.approx(sum(row["seconds"] for row in trained["history"]))
    assert trained["parameters"] == RunConfig.from_dict(trained["config"]).parameters
    assert trained["test_error"] == pytest.approx(trained["history"][-1]["test_error"], abs=1e-6)
    evaluated = call_json("evaluate", trained["run"])
    assert set(evaluated) == EVALUATED
    assert evaluated == {name: trained[name] for name in EVALUATED}
    assert call_json(*SMALL) == trained
    listed = call_json("runs")["runs"]
    assert [row["state"] for row in listed if row["run"] == trained["run"]] == ["finished"]
    status, out, _ = call("evaluate", trained["run"])
    assert status == 0
    assert f"{trained['test_error']:.5f}" in out
    assert "principal components" in out


def test_a_sweep_trains_every_network_of_a_grid(one_worker, call, call_json):
    tiny = ["sweep", "--hidden", "8", "--k", "2, 1", "--epochs", "1", "--seeds", "3"]
    result = call_json(*tiny)
    assert set(result) == {"sweep", "runs", "problems"}
    assert result["problems"] == 0
    assert [(row["config"]["k"], row["state"]) for row in result["runs"]] == [
        (1, "finished"),
        (2, "finished"),
    ]
    for row in result["runs"]:
        assert row["config"] | {"dataset": "mnist-5k", "hidden": [8], "seed": 3} == row["config"]
        assert row["test_error"] == own_run(row["run"]).record["test_error"]
    status, out, err = call(*tiny)
    assert status == 0
    assert "2 of 2: 784-8-2" in err
    assert [line.split()[0] for line in out.splitlines()] == [row["run"] for row in result["runs"]]
    assert f"test error {result['runs'][0]['test_error']:.5f}" in out


def test_a_sweep_is_cancelled_from_the_keyboard_and_what_failed_is_counted(call, monkeypatch):
    def interrupted(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    with monkeypatch.context() as patched:
        patched.setattr(following.time, "sleep", interrupted)
        status, out, err = call("sweep", "--hidden", "8", "--k", "1, 2")
    assert (status, out) == (1, "")
    assert "Cancelled." in err
    runs = [run for run in store.runs() if not run.shipped]
    assert [run.status.state for run in runs] == ["cancelled"] * 2
    monkeypatch.setattr(jobs, "submit_all", lambda configs: None)
    status, out, err = call("sweep", "--hidden", "8", "--k", "1, 2")
    assert status == 1
    assert out.count("cancelled") == 2
    assert "2 of the networks were not trained." in err


def test_a_run_cut_short_is_a_sentence(call):
    run = trained(RunConfig(dataset="mnist-5k", hidden=(32,)))
    weights = run.folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    status, out, err = call("evaluate", run.key)
    assert (status, out) == (1, "")
    assert str(weights) in err
    assert "damaged" in err
    assert "Traceback" not in err


def test_a_preset_is_called_by_its_name(call_json):
    result = call_json("evaluate", "Seed network, 5 epochs")
    assert result["run"] == PRESETS["Seed network, 5 epochs"].key
    assert result["epochs"] == 5
    both = call_json("evaluate", "--all")["runs"]
    assert {row["run"] for row in both} == {run.key for run in store.runs()}
    assert result in both


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["train", "--hidden", "512, -3"], 2, "-3"),
        (["train", "--hidden", "a"], 2, "'a'"),
        (["train", "--k", "0"], 2, "out of range"),
        (["train", "--k", "785"], 2, "1 to 784"),
        (["train", "--epochs", "0"], 2, "1 to 1,000"),
        (["train", "--epochs", "10000000"], 2, "1 to 1,000"),
        (["train", "--preset", "nonsense"], 2, "Seed network, 5 epochs"),
        (["pca", "--k", "0"], 2, "1 to 4,096"),
        (["pca", "--k", "two"], 2, "two"),
        (["evaluate", "nonsense"], 1, "python -m pcae runs"),
        (["evaluate", "../../etc"], 1, "../../etc"),
        (["pca", "--k", "2", "--dataset", "fashion-mnist"], 1, "could not be downloaded"),
        (["train", "--no-such-flag", "1"], 2, "--no-such-flag"),
        (["sweep", "--k", ""], 2, "Bottleneck width k has no value"),
        (["sweep", "--seeds", "0 1", "--k", " ".join(map(str, range(1, 102)))], 2, "202 networks"),
        (["sweep", "--preset", "nonsense"], 2, "Seed network, 5 epochs"),
        (["evaluate"], 2, "required"),
        ([], 2, "COMMAND"),
    ],
)
def test_what_cannot_be_done_is_said(call, arguments, status, words):
    found, out, err = call(*arguments)
    assert (found, out) == (status, "")
    assert words in err
    assert "Traceback" not in err


def test_damaged_data_is_a_sentence(call, tmp_path, monkeypatch):
    (tmp_path / "mnist.npz").write_bytes(b"PK\x03\x04 cut short")
    monkeypatch.setenv("PCAE_DATA", str(tmp_path))
    status, out, err = call("pca", "--k", "2")
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert f"{tmp_path / 'mnist.npz'} cannot be read" in err


def test_damaged_runs_and_data_leave_the_others(call, call_json, sample):
    runs = make_store(sample, RunConfig(dataset="mnist-5k", hidden=(8,), epochs=2))
    bad, good = runs[0], runs[1]
    (bad.folder / "status.json").write_text('{"state": 5}')
    for name in names.own():
        (names.folder(name) / "about.json").write_text("[]")
    status, out, err = call("runs")
    assert status == 0
    assert "status.json is damaged" in err
    assert bad.key not in out
    assert f"damaged data ({good.config.dataset})" in out
    for of in (bad, good):
        status, _, err = call("evaluate", of.key)
        assert (status, "is damaged" in err) in {(0, False), (1, True)}
    bad.write_checkpoint(2, {name: of * np.nan for name, of in bad.model().weights.items()})
    for command in (["evaluate"], ["export", "--format", "csv"], ["export", "--format", "report"]):
        status, _, err = call(command[0], bad.key, *command[1:])
        assert status == 1
        assert "numbers that are not finite" in err


def test_a_store_that_cannot_be_written_is_a_sentence(call, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file" / "below"))
    status, _, err = call(*SMALL)
    assert status == 1
    assert "set PCAE_HOME" in err


def test_nothing_heavy_is_imported_by_the_command_line():
    code = (
        "import sys; from pcae import cli; cli.main(['runs']); "
        "print([m for m in ('tensorflow', 'keras', 'sklearn', 'streamlit', 'pandas', 'dask', "
        "'distributed') if m in sys.modules])"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_doctor_says_what_is_here(call, monkeypatch):
    status, out, _ = call("doctor")
    assert status == 0
    assert f"ok  pcae: {__version__}\n" in out
    for name in ("Python", "tensorflow", "device", "mnist-5k", "cache folder", "runs"):
        assert f" {name}: " in out
    device = doctor.Check("device", True, "which has been looked at, in seconds")
    monkeypatch.setattr(doctor, "_device", lambda: device)
    keras_cache().mkdir(parents=True)
    (keras_cache() / "mnist.npz").write_bytes(b"no zip")
    status, out, err = call("doctor", "--json")
    assert status == 1
    checks = json.loads(out)["checks"]
    assert {"name": "pcae", "ok": True, "found": __version__} in checks
    bad = [check for check in checks if not check["ok"]]
    assert [check["name"] for check in bad] == ["mnist"]
    assert "1 of the checks" in err
