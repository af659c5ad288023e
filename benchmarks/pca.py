"""PCA's whole error curve against scikit-learn's PCA for one k, in pairs.

    python -m benchmarks.pca [--repeats 5] [--json]

Needs the full MNIST. Both start from the images as float32 in memory; ours gives all 784 errors
on both splits, scikit-learn's one fit with nine components and no errors.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import numpy as np
from sklearn.decomposition import PCA

from pcae.data import datasets
from pcae.methods import pca

COMPONENTS = 9


def main() -> None:
    """Time both in turn and print medians of the pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    data = datasets.load("mnist")
    images, test = data.train.pixels(), data.test.pixels()
    ours, theirs = [], []
    for _ in range(options.repeats):
        began = time.perf_counter()
        fitted = pca.fit(data)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        reference = PCA(COMPONENTS, svd_solver="covariance_eigh").fit(images)
        theirs.append(time.perf_counter() - began)
    reconstructed = reference.inverse_transform(reference.transform(test))
    error = float(np.mean((test - reconstructed) ** 2, dtype=np.float64))
    result = {
        "seconds_all_k": statistics.median(ours),
        "seconds_scikit_learn_one_k": statistics.median(theirs),
        "seconds_more": statistics.median(a - b for a, b in zip(ours, theirs, strict=True)),
        "error_difference": abs(error - float(fitted.test_error[COMPONENTS])),
    }
    if options.json:
        print(json.dumps(result))
        return
    print(f"all 784 errors            {result['seconds_all_k']:.2f} s")
    print(f"scikit-learn, one k       {result['seconds_scikit_learn_one_k']:.2f} s")
    print(f"ours takes more           {result['seconds_more']:.2f} s (median of pairs)")
    print(f"errors differ by          {result['error_difference']:.1e} at k = {COMPONENTS}")


if __name__ == "__main__":
    main()
