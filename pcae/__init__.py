"""pcae: what an autoencoder does that PCA cannot, on real digits.

The starting point is the Cross Validated question 'Building an autoencoder in
Tensorflow to surpass PCA'. docs/architecture.md draws how data goes through
its folders.
"""

__version__ = "1.0.0"  # as in pyproject.toml and CHANGELOG.md
