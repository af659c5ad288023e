"""Runs on GPUs, of which there are none here: devices are told."""

import os
import time
from dataclasses import replace

import pytest
import tensorflow as tf

from pcae import store
from pcae.store import Status
from pcae.training import devices, images, jobs, loop, worker
from pcae.training.devices import Device
from tests.training.test_jobs import SMALL

pytestmark = pytest.mark.usefixtures("pca_kept", "no_worker_left")


def test_a_gpu_out_of_memory_is_said_and_the_cpu_trains_it(monkeypatch):
    on_gpu = Device("GPU, Test", "/GPU:0", bfloat16=False, blocks=1, networks=64)
    on_cpu, full = loop.prepare_device(), tf.errors.ResourceExhaustedError(None, None, "full")
    monkeypatch.setattr(loop, "prepare_device", lambda wanted=False: on_cpu if wanted else on_gpu)
    measured = loop.Training._measured

    def fails(self, number, *figures):
        if self.program.device.on_gpu and number == 2:
            raise full
        return measured(self, number, *figures)

    monkeypatch.setattr(loop.Training, "_measured", fails)
    run = store.create(SMALL)
    run.write_status(Status("queued", queued=time.time()))
    worker.main()
    status = run.status
    assert status.state == "failed"
    assert status.cpu_offered
    assert "The GPU ran out of memory. Train on the CPU" in status.message
    assert run.checkpoint_epoch() == 1
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    jobs.submit(SMALL, on_cpu=True)
    worker.main()
    assert run.status.state == "finished"
    assert run.record["device"] == on_cpu.name


def test_float32_is_float32_on_a_gpu_too():
    loop.prepare_device()
    assert not tf.config.experimental.tensor_float_32_execution_enabled()


@pytest.mark.parametrize(
    "problem",
    [
        tf.errors.ResourceExhaustedError(None, None, "full"),
        tf.errors.InternalError(
            None,
            None,
            "Failed copying input tensor from CPU:0 to GPU:0 in order to run _EagerConst: "
            "Dst tensor is not initialized.",
        ),
    ],
    ids=["exhausted", "not copied"],
)
def test_a_gpu_that_cannot_even_hold_the_images_is_said(problem, monkeypatch):
    def full(*_, **__):
        raise problem

    on_gpu = Device("GPU, Test", "/GPU:0", bfloat16=False, blocks=1, networks=64)
    monkeypatch.setattr(loop, "prepare_device", lambda wanted=False: on_gpu)
    monkeypatch.setattr(images, "Resident", full)
    run = store.create(SMALL)
    run.write_status(Status("queued", queued=time.time()))
    worker.main()
    assert (run.status.state, run.status.cpu_offered) == ("failed", True)
    assert "The GPU ran out of memory. Train on the CPU" in run.status.message


def test_there_is_a_worker_a_gpu_and_none_trains_what_another_has(monkeypatch):
    monkeypatch.setattr(devices, "visible_gpus", lambda: ["4", "7"])
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    runs = [store.create(replace(SMALL, seed=seed, epochs=1)) for seed in range(2)]
    for run in runs:
        run.write_status(Status("queued", queued=time.time()))
    with jobs.worker_lock(0), jobs.run_lock(runs[0]):
        worker.main()
        assert os.environ["CUDA_VISIBLE_DEVICES"] == "7"
    assert [run.status.state for run in runs] == ["queued", "finished"]
    with jobs.worker_lock(0), jobs.worker_lock(1):
        worker.main()
    assert runs[0].status.state == "queued"
