"""Files are written whole or not at all, and read without running anything in them."""

import errno
import os
import pickle
import struct
import threading
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from pcae import files
from pcae.files import (
    DamagedFile,
    damaged,
    home,
    read_arrays,
    read_json,
    read_text,
    write,
    write_arrays,
    write_json,
)
from pcae.forms import flag, holds, named, none_or, number, several, text, whole

ARRAYS = {
    "float16": np.arange(6, dtype=np.float16).reshape(2, 3),
    "float32": np.linspace(0, 1, 8, dtype=np.float32).reshape(2, 4),
    "float64": np.array(np.pi),
    "uint8": np.arange(256, dtype=np.uint8),
    "transposed": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "strided": np.arange(10, dtype=np.int64)[::3],
    "empty": np.zeros((0, 784), np.float32),
}
WRITERS = [
    lambda path: write(path, "text"),
    lambda path: write_json(path, {}),
    lambda path: write_arrays(path, ARRAYS),
]
every_reader = pytest.mark.parametrize("read", [read_text, read_json, read_arrays])


class Trap:
    """Unpickled, it leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def fail(problem):
    """A function that raises, whatever it is called with."""

    def failing(*_, **__):
        raise problem

    return failing


def disk_full():
    """What the system says when the disk is full."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_home_is_the_folder_that_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PCAE_HOME", str(tmp_path))
    assert home() == tmp_path


def test_home_may_be_relative_or_in_the_users_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("PCAE_HOME", "here")
    assert home() == tmp_path / "here"
    monkeypatch.setenv("PCAE_HOME", "~/there")
    assert home() == tmp_path / "me" / "there"


@pytest.mark.parametrize("named", [None, ""])
def test_home_is_else_the_platforms_cache_folder(named, monkeypatch):
    if named is None:
        monkeypatch.delenv("PCAE_HOME")
    else:
        monkeypatch.setenv("PCAE_HOME", named)
    assert home() == Path(platformdirs.user_cache_dir("pcae"))


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize(
    ("content", "raw"), [("é", b"\xc3\xa9"), (b"\0\xff", b"\0\xff"), ("", b"")]
)
def test_a_file_is_written_as_it_is(content, raw, durable, tmp_path):
    path = tmp_path / "file"
    write(path, content, durable=durable)
    assert path.read_bytes() == raw
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write_to", WRITERS, ids=["text", "json", "arrays"])
def test_writing_makes_no_folder(write_to, tmp_path):
    with pytest.raises(FileNotFoundError):
        write_to(tmp_path / "deleted" / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "file"
    write(path, "a long old text")
    write(path, "new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("step", ["fdopen", "fsync", "replace"])
@pytest.mark.parametrize("problem", [disk_full(), KeyboardInterrupt()], ids=["full", "interrupted"])
def test_a_failed_write_leaves_the_old_file_and_no_rubbish(step, problem, monkeypatch, tmp_path):
    path = tmp_path / "file"
    write(path, "old")
    monkeypatch.setattr(*((Path, step) if step == "replace" else (os, step)), fail(problem))
    with pytest.raises(type(problem)) as raised:
        write(path, "new")
    assert raised.value is problem
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fdopen", "fsync"])
def test_a_full_disk_leaves_old_arrays_and_settings(step, monkeypatch, tmp_path):
    arrays, settings = tmp_path / "a.safetensors", tmp_path / "a.json"
    write_arrays(arrays, {"a": np.ones(3)})
    write_json(settings, {"a": 1})
    monkeypatch.setattr(os, step, fail(disk_full()))
    with pytest.raises(OSError, match="No space left"):
        write_arrays(arrays, {"a": np.zeros(3)})
    with pytest.raises(OSError, match="No space left"):
        write_json(settings, {"a": 2})
    assert read_arrays(arrays)[0]["a"].tolist() == [1, 1, 1]
    assert read_json(settings) == {"a": 1}


def test_progress_does_not_wait_for_the_disk(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "fsync", fail(disk_full()))
    write_json(tmp_path / "status.json", {"epoch": 1}, durable=False)
    assert read_json(tmp_path / "status.json") == {"epoch": 1}


def test_nothing_is_written_below_a_regular_file(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match="file"):
        write(tmp_path / "file" / "below" / "deep", "text")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_reader_never_sees_half_a_file(tmp_path):
    path, size = tmp_path / "file", 300_000
    write(path, "a" * size)

    def rewrite():
        for letter in "ba" * 100:
            write(path, letter * size, durable=False)

    writer = threading.Thread(target=rewrite)
    writer.start()
    while writer.is_alive():
        assert path.read_text() in {"a" * size, "b" * size}
    writer.join()


def test_json_survives(tmp_path):
    value = {"name": "é", "widths": [512, 128], "none": None, "rate": 1 / 3, "on": True}
    write_json(tmp_path / "a.json", value)
    assert read_json(tmp_path / "a.json") == value


def test_json_is_the_same_bytes_in_any_order(tmp_path):
    write_json(tmp_path / "a.json", {"a": 1, "b": {"c": 2, "d": 3}})
    write_json(tmp_path / "b.json", {"b": {"d": 3, "c": 2}, "a": 1})
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b'{"a": 1',
        b"\0" * 40,
        b"\xff\xfe",
        b'{"a": 1} {}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b"[1]",
        b"null",
        pickle.dumps({"a": 1}),
        b"[" * 200_000,
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": [1e999]}',
        b'{"a": "' + b"x" * 5_000_000 + b'"}',
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_damaged_json_is_named_with_what_to_do(raw, tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(raw)
    with pytest.raises(DamagedFile, match=r"a\.json is damaged \(.*Delete it.*\.$"):
        read_json(path)
    assert path.read_bytes() == raw


FORM = {"name": text(5), "share": number(0, 1), "count": whole(1, 9), "on": flag}
FITTING = {"name": "é", "share": 0.5, "count": 3, "on": False}


def test_json_of_its_form_is_read_and_may_hold_more(tmp_path):
    path = tmp_path / "a.json"
    for value in (FITTING, {**FITTING, "share": 1, "more": [None]}):
        write_json(path, value)
        assert read_json(path, FORM) == value
    write_json(path, {"name": "e"})
    assert read_json(path, FORM, FITTING) == {**FITTING, "name": "e"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("name", of) for of in (None, 1, ["a"], "longer", "\ud800")),
        *(("share", of) for of in (None, "0.5", True, -0.1, 1.1, 10**400, [0.5])),
        *(("count", of) for of in (0, 10, 2.0, True, "3")),
        *(("on", of) for of in (0, None, "true")),
    ],
)
def test_json_of_another_form_is_named_with_what_to_do(name, value, tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {**FITTING, name: value})
    with pytest.raises(DamagedFile, match=rf"a\.json is damaged \(“{name}” cannot be .*Delete it"):
        read_json(path, FORM)
    write_json(path, {key: of for key, of in FITTING.items() if key != name})
    with pytest.raises(DamagedFile, match=rf"a\.json is damaged \(“{name}” is missing\)"):
        read_json(path, FORM)


@pytest.mark.parametrize(
    ("fits", "good", "bad"),
    [
        (none_or(whole(0, 1)), [None, 1], [2, "x"]),
        (several(number(0, 1), 1, 2), [[0], [1, 0.5]], [[], [0, 0, 0], [2], (0,), "ab", None]),
        (named(text(2)), [{}, {"a": "b"}], [{"a": "abc"}, {"a": 1}, {"\ud800": "a"}, ["a"]]),
        (holds(FORM), [FITTING], [{}, [], None, {**FITTING, "on": 1}]),
    ],
    ids=["none_or", "several", "named", "holds"],
)
def test_forms_are_put_together(fits, good, bad):
    assert all(map(fits, good))
    assert not any(map(fits, bad))


@every_reader
def test_what_would_be_read_without_an_end_is_damage(read, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("pipe", "link"):
        with pytest.raises(DamagedFile, match="it is no file"):
            read(tmp_path / name)


def test_arrays_survive_with_their_kind_and_shape(tmp_path):
    path = tmp_path / "a.safetensors"
    write_arrays(path, ARRAYS, {"epoch": "5"})
    arrays, about = read_arrays(path)
    assert set(arrays) == set(ARRAYS)
    assert about == {"epoch": "5"}
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype


def test_arrays_can_be_read_by_the_start_of_their_names(tmp_path):
    path = tmp_path / "a.safetensors"
    write_arrays(path, {name: np.ones(1) for name in ("encoder.0", "decoder.0", "moment.0")})
    assert set(read_arrays(path, prefix="encoder")[0]) == {"encoder.0"}
    assert set(read_arrays(path, prefix=("encoder.", "decoder."))[0]) == {"encoder.0", "decoder.0"}
    assert read_arrays(path, prefix="-") == ({}, {})


@pytest.mark.parametrize("kept", [0, 4, 60, -1])
def test_cut_short_arrays_are_named_with_what_to_do(kept, tmp_path):
    path = tmp_path / "a.safetensors"
    write_arrays(path, ARRAYS)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DamagedFile, match=r"a\.safetensors is damaged .*Delete it.*\.$"):
        read_arrays(path)


@pytest.mark.parametrize("raw", [b"\0" * 20, b"\xff" * 20, b"PK\3\4", b'{"a": 1}'], ids=repr)
def test_what_is_not_safetensors_is_named_with_what_to_do(raw, tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(raw)
    with pytest.raises(DamagedFile, match=r"a\.safetensors is damaged .*Delete it.*\.$"):
        read_arrays(path)


def test_a_kind_of_number_unknown_to_numpy_is_damage(tmp_path):
    path = tmp_path / "a.safetensors"
    header = b'{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}'
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(1))
    with pytest.raises(DamagedFile, match=r"a\.safetensors"):
        read_arrays(path)


def test_text_survives(tmp_path):
    write(tmp_path / "a.csv", "epoch,loss\n1,0.1\n")
    assert read_text(tmp_path / "a.csv") == "epoch,loss\n1,0.1\n"


def test_text_that_is_none_is_damaged(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"epoch\n\xff")
    with pytest.raises(DamagedFile, match=r"a\.csv is damaged \(.*Delete it.*\.$"):
        read_text(tmp_path / "a.csv")


def test_damage_is_named_with_its_reason_and_what_to_do(tmp_path):
    path = tmp_path / "a.csv"
    assert str(damaged(path, "cut short")) == (
        f"{path} is damaged (cut short). Delete it and make it again."
    )


@every_reader
def test_a_missing_file_is_not_a_damaged_one(read, tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing")


@every_reader
def test_a_folder_in_its_place_is_damage(read, tmp_path):
    with pytest.raises(DamagedFile, match=rf"{tmp_path} is damaged"):
        read(tmp_path)


@every_reader
@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO], ids=os.strerror)
def test_a_file_the_system_will_not_read_is_damage(number, read, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("{}")
    for place, name in ((Path, "open"), (files, "safe_open")):
        monkeypatch.setattr(place, name, fail(OSError(number, os.strerror(number))))
    with pytest.raises(DamagedFile, match=rf"file is damaged \(.*{os.strerror(number)}"):
        read(tmp_path / "file")


@every_reader
def test_a_path_the_system_refuses_is_damage(read, tmp_path):
    with pytest.raises(DamagedFile, match="is damaged"):
        read(tmp_path / ("a" * 300))


@every_reader
def test_a_pickle_is_not_executed(read, tmp_path):
    trap, path = tmp_path / "sprung", tmp_path / "file"
    path.write_bytes(pickle.dumps(Trap(trap)))
    with pytest.raises(DamagedFile):
        read(path)
    assert not trap.exists()
    pickle.loads(path.read_bytes())
    assert trap.exists(), "the trap itself does not work"
