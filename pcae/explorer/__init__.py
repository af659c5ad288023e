"""The explorer: two linked scatters in which every digit shows itself, drawn in the browser."""
