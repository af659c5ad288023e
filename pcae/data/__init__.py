"""What networks are trained on: data sets, and files that visitors bring."""
