"""Trajectories as chat messages of which only the solver's are learnt, and the same as a mask over text and tokens.

What was retrieved stands in messages of the user, so whatever learns from the assistant's messages alone, as TRL's
`SFTTrainer` does with `assistant_only_loss=True` and the finetuning of OpenAI always, does not learn to invent pages.
For trainers over one text, `text_of` gives the places that are learnt, and `token_mask` the tokens.
"""

from collections.abc import Sequence

from tasks.exports.chat import Message, Messages, asked
from tasks.trajectories.trajectory import Trajectory, Turn
from tasks.trajectories.transcript import parts, shown

Span = tuple[int, int]
"""`text[start:end]`, in code points."""


def conversation(trajectory: Trajectory, instruction: str) -> Messages:
    """The question, then what was said and shown in turn. What did not parse is left out, with what was said to it."""
    messages = list(asked(trajectory.question, instruction))
    for turn in _turns(trajectory):
        messages.append(Message(role="assistant", content=turn.said))
        if turn.answer is None:
            messages.append(Message(role="user", content=shown(turn)))
    return tuple(messages)


def text_of(trajectory: Trajectory) -> tuple[str, tuple[Span, ...]]:
    """The transcript without what did not parse, and the spans of it that the solver said."""
    text, spans = "", list[Span]()
    for piece, own in parts(_turns(trajectory)):
        if own:
            spans.append((len(text), len(text) + len(piece)))
        text += piece
    return text, tuple(spans)


def token_mask(offsets: Sequence[Span], spans: Sequence[Span]) -> list[bool]:
    """Per token whether it is learnt: it has characters, and all of them are in one of the spans.

    `offsets` are the places of the tokens in the text, as `return_offsets_mapping=True` gives them.
    """
    return [end > start and any(low <= start and end <= high for low, high in spans) for start, end in offsets]


def _turns(trajectory: Trajectory) -> tuple[Turn, ...]:
    return tuple(turn for turn in trajectory.turns if not turn.fault)
