"""The colours that a tag can have."""

from enum import StrEnum


class Colour(StrEnum):
    """By the names of the palette."""

    stone = "stone"
    sea = "sea"
    hedge = "hedge"
    straw = "straw"
    brick = "brick"
