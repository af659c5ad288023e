"""Normal distributions of codes: what codes are drawn from, and a plane's places are spread by."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from pcae.config import RunConfig

_QUANTILES = 2_001
_LEAST = 1e-6  # of a mean variance: what is added to each, so that all have a root


@dataclass(frozen=True, eq=False)
class Normal:
    """A normal distribution of k numbers.

    Attributes
    ----------
    mean : ndarray, shape (k,)
    root : ndarray, shape (k, k)
        Times its transpose it is the covariance.
    """

    mean: np.ndarray
    root: np.ndarray

    def draw(self, n: int, seed: int) -> np.ndarray:
        """As many codes, float32, shape (n, k): the same for the same seed."""
        deviates = np.random.default_rng(seed).standard_normal((n, len(self.mean)))
        return (self.mean + deviates @ self.root.T).astype(np.float32)

    def quantiles(self, number: int) -> np.ndarray:
        """Values of one of the numbers at equal steps of its distribution, rising, shape (m,)."""
        shares = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
        deviates = np.array([NormalDist().inv_cdf(share) for share in shares])
        return self.mean[number] + deviates * np.linalg.norm(self.root[number])


def distribution(codes: np.ndarray, config: RunConfig | None = None) -> Normal:
    """What codes like these are drawn from.

    Parameters
    ----------
    codes : ndarray, shape (n, k)
        Codes, or scores.
    config : RunConfig, optional
        Of their network. A variational one's are drawn from the standard normal distribution, which
        its training has them fill; others, and scores, from that with their mean and covariance.
    """
    k = codes.shape[1]
    if config is not None and config.beta:
        return Normal(np.zeros(k), np.eye(k))
    own = codes.astype(np.float64)
    covariance = np.cov(own, rowvar=False, ddof=0).reshape(k, k)
    least = _LEAST * (np.trace(covariance) / k or 1.0)
    return Normal(own.mean(axis=0), np.linalg.cholesky(covariance + least * np.eye(k)))
