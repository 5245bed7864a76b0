"""Questions and answers as chat messages, and back.

Messages have `role` and `content`, as chat APIs and chat templates take them
(https://huggingface.co/docs/trl/dataset_formats#conversational). The answer stands between `<answer>` and `</answer>`,
where verl's scorer for search agents looks for it
(https://github.com/volcengine/verl/blob/main/verl/utils/reward_score/search_r1_like_qa_em.py).
"""

import re
from typing import Literal

from hcsp.frozen import Frozen

BREAK = "\n\n"
_ANSWER = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)


class Message(Frozen):
    """One turn."""

    role: Literal["user", "assistant"]
    content: str


Messages = tuple[Message, ...]


def asked(question: str, instruction: str) -> Messages:
    """The turn that asks; the instruction follows the question."""
    return (Message(role="user", content=f"{question}{BREAK}{instruction}" if instruction else question),)


def question_of(messages: Messages) -> str:
    """The question of the turn that asks."""
    return messages[0].content.partition(BREAK)[0]


def answered(answer: str) -> str:
    """The answer as it ends a reply."""
    return f"<answer>{answer}</answer>"


def answer_of(reply: str) -> str:
    """The last answer in a reply; raises `ValueError` when there is none."""
    found = _ANSWER.findall(reply)
    if not found:
        raise ValueError("the reply gives no answer between <answer> and </answer>")
    return str(found[-1])
