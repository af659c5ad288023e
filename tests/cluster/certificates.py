"""Certificates for a test: an authority's, and a machine's that it signed, by openssl."""

import shutil
import subprocess

import pytest

VARIABLE = "DASK_DISTRIBUTED__COMM__TLS__"


def sign(folder, authority="authority"):
    """An authority in a folder, unless it is there, and a certificate by it; the environment."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine: install the package openssl")

    def run(*arguments):
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run("req", "-x509", *new, "-days", "30", "-subj", f"/CN={authority}", "-keyout", "ca.key",
        "-out", "ca.pem")  # fmt: skip
    run("req", *new, "-subj", "/CN=machine", "-keyout", "machine.key", "-out", "machine.csr")
    run("x509", "-req", "-in", "machine.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
        "-CAcreateserial", "-days", "30", "-out", "machine.pem")  # fmt: skip
    roles = ("CLIENT", "SCHEDULER", "WORKER")
    return (
        {f"{VARIABLE}CA_FILE": str(folder / "ca.pem")}
        | {f"{VARIABLE}{role}__CERT": str(folder / "machine.pem") for role in roles}
        | {f"{VARIABLE}{role}__KEY": str(folder / "machine.key") for role in roles}
    )
