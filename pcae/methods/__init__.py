"""PCA and the trained autoencoder in NumPy, and how they are measured: arrays in, arrays out."""
