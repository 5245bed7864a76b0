"""Which clues of a variable are told with one verb, and how: "born in Ulm before Planck"."""

from collections.abc import Sequence

from roles.grammar import Piece
from roles.ways import way_of


def goes_with(piece: Piece, others: Sequence[Piece]) -> bool:
    """Whether a comparison reads well after others: "born in Ulm before Planck", "died where Bohr did in the 1960s"."""
    if not others or not (piece.compares or any(p.compares for p in others)):
        return True
    ways = {way_of(piece.constraints[0]), *(way_of(other.constraints[0]) for other in others)}
    if len(others) > 1 or (ways != {"same", "range"} and "range" in ways):
        return False
    return piece.opposes(others[0]) or not (piece.compares and others[0].compares)


def bounded(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, a lower and an upper bound in words that share their stem."""
    return [p.with_stem(True) if any(p.opposes(other) for other in pieces) else p for p in pieces]


def joint(group: Sequence[Piece]) -> str:
    """What joins the two: "after Bohr but before Planck"."""
    return " but " if len(group) == 2 and group[0].opposes(group[1]) else " "
