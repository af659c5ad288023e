"""What each page of the app and of a site is called and asks, for its heading and navigation."""

from __future__ import annotations

from dataclasses import dataclass

_QUESTION = "What do {numbers} numbers keep of a {noun}?"
_QUESTION_OF_ONE = "What does one number keep of a {noun}?"
_NUMERALS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")  # from 2 on
_RECORDED = "Test error {error:.4f} on the test images of {data}, as recorded in training."
_ERRORS = "Test error {error:.4f}; PCA with k = {k} has {pca:.4f} ({count:,} test {noun}s)."


@dataclass(frozen=True)
class Page:
    """A page's place in the navigation, and what it says above all else: what for, in a line."""

    group: str
    title: str
    heading: str
    purpose: str


PAGES = {
    "explore": Page(
        "See",
        "Explore",
        "What do a few numbers keep of a picture?",
        "PCA and an autoencoder beside each other.",
    ),
    "reconstructions": Page(
        "See",
        "Reconstructions",
        "How well does each method redraw a picture?",
        "The same ones as they are, as PCA shows them, and as networks do.",
    ),
    "latent_plane": Page(
        "See",
        "Latent plane",
        "What lies between the points?",
        "Each method draws every place of its plane, and the way from one digit to another.",
    ),
    "draw": Page(
        "See",
        "Draw",
        "What do both methods make of a digit of yours?",
        "Draw it: it appears in both planes, redrawn by each, with its neighbours.",
    ),
    "components": Page(
        "Understand",
        "Components",
        "How many principal components is a code worth?",
        "PCA's error with every number of components, and every network at its own k.",
    ),
    "linear_pca": Page(
        "Understand",
        "Linear = PCA",
        "What is left without nonlinear layers?",
        "PCA: train such a network and watch it find the same plane.",
    ),
    "quality": Page(
        "Understand",
        "Quality",
        "How much do the codes keep of what the digits are like?",
        "Measures of PCA, of every network here, and of the literature.",
    ),
    "glossary": Page(
        "Understand",
        "Glossary",
        "What do the words mean?",
        "The words of the other pages, with their formulae.",
    ),
    "train": Page(
        "Train",
        "Train",
        "Train a network of your own",
        "Choose its widths, watch it learn, and explore what it has learnt.",
    ),
    "data": Page(
        "Train",
        "Data",
        "Which data can a network learn?",
        "What is here already, and pictures or tables of your own.",
    ),
    "compare": Page(
        "Train",
        "Compare",
        "What do different settings change?",
        "Trained networks side by side, or a grid of trainings followed as one.",
    ),
    "take_home": Page(
        "Take home",
        "Take home",
        "Take this network home",
        "Its files, and the code that trains it anywhere.",
    ),
    "lessons": Page(
        "Teach",
        "Lessons",
        "Lessons, step by step",
        "Those that are here, and one of your own.",
    ),
    "teacher": Page(
        "Teach",
        "Teacher",
        "What does the class do?",
        "Who is here, what they have answered and trained, and what waits.",
    ),
}


def question(k: int, noun: str) -> str:
    """What Explore asks of a network whose codes have k numbers, of digits or what they are."""
    if k == 1:
        return _QUESTION_OF_ONE.format(noun=noun)
    numbers = _NUMERALS[k - 2] if k - 2 < len(_NUMERALS) else f"{k:,}"
    return _QUESTION.format(numbers=numbers, noun=noun)


def errors(error: float, k: int, pca: float, count: int, noun: str) -> str:
    """A network's test error beside that of PCA with k components, over so many test digits."""
    return _ERRORS.format(error=error, k=k, pca=pca, count=count, noun=noun)


def recorded(error: float, data: str) -> str:
    """A network's test error of images that are not the ones shown."""
    return _RECORDED.format(error=error, data=data)
