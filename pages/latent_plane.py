"""Latent plane: what each method makes of every place in its plane, and between two digits."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae.figures import colors
from pcae.figures.plane import decoded_plane
from pcae.methods.plane import Decoded, Grid, as_csv, between, two_digits
from pcae.server import loading
from pcae.ui import component, link, plane_colour, sampled, shell
from pcae.ui.charts import chart
from pcae.ui.digits import Row, panel
from pcae.ui.run_picker import chosen

SHARES = [0.5, 0.75, 0.9, 0.95, 0.98, 1.0, 1.5, 2.0]
STEPS, PICTURE = 11, 92
PLANE_HEIGHT, STRIP_HEIGHT = 496, 172
TILES, TILES_IN_A_ROW = "{tiles} across and up", "{tiles} in a row"
SHARE = "Part of the plane"
SHARE_HELP = "How many of the test {noun}s lie in the part that is drawn, along each axis."
QUANTILES = "Spread crowded places"
QUANTILES_HELP = (
    "On: each column of pictures, and each row, holds as many test {noun}s as another. Off: equal "
    "steps of the numbers."
)
NORMAL = "Spread as codes are drawn"
NORMAL_HELP = (
    "On: each column of pictures, and each row, has as large a part of a normal distribution as "
    "another: of the standard one, from which codes of a variational network are drawn, and of "
    "that of PCA's scores."
)
DOWNLOAD = "Save the {tiles} as a table (CSV)"
DIVERGED = (
    "This network's codes are not numbers: its training has diverged. Choose another network, or "
    "train it again with a lower learning rate."
)
THE_WAY = (
    "Equal steps on the straight line from {noun} A to {noun} B, which the planes show too. In the "
    "pixels one {noun} fades while the other appears. PCA is linear: its row fades just so from "
    "one reconstruction to the other. The autoencoder draws at every step, as well as it can, a "
    "{noun} of a class that lies on the way."
)
PCA_NAMES = ("PCA", colors.PCA, "blends the same pictures everywhere", "PC")
NETWORK_NAMES = (
    "Autoencoder",
    colors.AUTOENCODER,
    "draws something else from place to place",
    "code",
)

opened = chosen()
config, view = opened.config, opened.view
data, test = view.data, view.data.test
shape = data.shape
pair_keys = [f"digit_{name}_{data.digest}" for name in "ab"]


def in_words(share: float) -> str:
    """A step of the slider."""
    if share == 1:
        return "all of it"
    return f"middle {share:.0%}" if share < 1 else f"{share:g} times as wide"


def first_pair() -> list[int]:
    """The first two digits pinned in Explore, else two random ones."""
    pinned = [i for i in component.chosen_digits("pinned") if i < len(test)]
    return pinned[:2] if len(pinned) > 1 else two_digits(test.labels, 0)


def draw_pair() -> None:
    """Pick two others."""
    draws = st.session_state["pairs_drawn"] = st.session_state.get("pairs_drawn", 0) + 1
    st.session_state.update(zip(pair_keys, two_digits(test.labels, draws), strict=True))


def axes() -> tuple[int, ...]:
    """Which of the k numbers the planes show."""
    if config.k < 3:
        return tuple(range(config.k))
    columns, numbers = st.columns(2), range(1, config.k + 1)
    across_key, up_key = f"across_{config.k}", f"up_{config.k}"
    link.widgets({across_key: (1, numbers)})
    across = columns[0].selectbox("Across", numbers, key=across_key)
    others = [number for number in numbers if number != across]
    if st.session_state.get(up_key) not in others:
        st.session_state.pop(up_key, None)
    link.widgets({up_key: (others[0], others)})
    up = columns[1].selectbox("Up", others, key=up_key)
    return across - 1, up - 1


def pair() -> np.ndarray:
    """Indices of digits A and B."""
    indices = range(len(test))
    link.widgets(
        {key: (start, indices) for key, start in zip(pair_keys, first_pair(), strict=True)}
    )
    picked = [
        column.number_input(f"{data.noun.capitalize()} {name}", 0, len(test) - 1, key=key)
        for column, name, key in zip(st.columns(2), "AB", pair_keys, strict=True)
    ]
    st.button(
        "Another pair",
        key="another_pair",
        icon=":material/casino:",
        width="stretch",
        on_click=draw_pair,
    )
    return np.array(picked)


def show(
    place: DeltaGenerator,
    plane: Decoded,
    points: np.ndarray,
    decode: Callable[[np.ndarray], np.ndarray],
    names: tuple[str, str, str, str],
) -> Row:
    """Draw a method's plane at a place of the page; its row of the film."""
    title, color, says, kind = names
    way = between(points[ends], STEPS)
    if shape is None:
        says = "changes evenly" if kind == "PC" else "changes from place to place"
    if config.k > 2:
        says = f"the other {kind}s at their mean"
    figure = decoded_plane(
        title,
        color,
        says,
        kind,
        plane,
        shape,
        data.classes,
        way,
        tinted=colour == plane_colour.CLASS,
        shades=plane_colour.shades(data, colour, plane, points),
    )
    with place:
        height = PLANE_HEIGHT if config.k > 1 else STRIP_HEIGHT
        chart(figure, f"plane_{kind}", f"{title}: what it makes of each place", height, csv=False)
    return Row(title, decode(way), subtitle=f"{config.k} {kind}{'s' * (config.k > 1)}")


codes = loading.codes(opened.run, data)
if not np.isfinite(codes).all():
    st.error(DIVERGED)
    raise shell.PageEnds

side, *places = st.columns([5, 10, 10] if config.k > 1 else [5, 20], gap="medium")
with side:
    link.widgets(
        {
            "tiles": (18, range(5, 31)),
            "share": (0.98, SHARES),
            "quantiles": (True, [False]),
        }
    )
    if config.beta:
        link.widgets({"normal": (False, [True])})
    words = TILES if config.k > 1 else TILES_IN_A_ROW
    n = st.slider(words.format(tiles="Pictures" if shape else "Tiles"), 5, 30, key="tiles")
    share = st.select_slider(
        SHARE, SHARES, format_func=in_words, key="share", help=SHARE_HELP.format(noun=data.noun)
    )
    quantiles = st.toggle(
        QUANTILES,
        key="quantiles",
        help=QUANTILES_HELP.format(noun=data.noun),
        disabled=bool(config.beta) and st.session_state["normal"],
    )
    normal = bool(config.beta) and st.toggle(NORMAL, key="normal", help=NORMAL_HELP)
    colour = plane_colour.choose(data)
    grid = Grid(axes(), n, share, quantiles, normal)
    ends = pair()
    tiles = st.container()
    plane_colour.say(data, colour)

by_pca, by_network = loading.planes(opened.run, view, grid)
tiles.download_button(
    DOWNLOAD.format(tiles="pictures" if shape else "tiles"),
    lambda: as_csv(
        {
            name: replace(of, images=data.values(of.images))
            for name, of in {"PCA": by_pca, "autoencoder": by_network}.items()
        },
        data.columns,
    ),
    f"latent_plane_{opened.run.key}.csv",
    "text/csv",
    type="tertiary",
    on_click="ignore",
)
images, scores, network = (
    test.pixels(ends),
    loading.scores(view, config.k),
    loading.model(opened.run),
)
film = [
    Row("Pixels", between(images, STEPS), subtitle=f"all {data.inputs}"),
    show(places[0], by_pca, scores, view.pca.inverse_transform, PCA_NAMES),
    show(places[-1], by_network, codes, network.decode, NETWORK_NAMES),
]
if shape is None:
    raise shell.PageEnds
first, last = (f": {name}" if name else "" for name in data.class_names(test.labels[ends]))
shares = [f"{step / (STEPS - 1):.0%}" for step in range(1, STEPS - 1)]
panel(film, PICTURE, shape, [f"A{first}", *shares, f"B{last}"])
st.caption(THE_WAY.format(noun=data.noun))
sampled.show(config, data, (scores, view.pca.inverse_transform), (codes, network.decode))
