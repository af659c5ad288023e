"""The kinds of files that visitors bring, each read as what it holds."""
