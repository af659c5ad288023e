"""A very small class, for a few seconds: benchmarks.classroom has the whole one."""

from benchmarks import classroom


def test_a_small_class_sees_pages_uploads_follows_and_no_exception(tmp_path, own_folders):
    found = classroom.measure(tmp_path, sessions=3, seconds=3, every=0.3, runs=15, idle=True)
    assert found["wrong"] == []
    assert found["exceptions"] == 0
    assert 0 < found["p50"] <= found["p95"]
    assert found["pages"]["upload"][-1] == 1
    assert found["pages"]["follow: seen"][-1] > 0
    assert sum(of[-1] for of in found["pages"].values()) > 5
