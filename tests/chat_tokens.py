"""A tokenizer trained on what it is to encode, with a chat template that says what of a conversation is learnt."""

from typing import Any

from graded import Graded
from test_trajectory_sft import END, START, trained

TEMPLATE = (
    "{% for m in messages %}<|start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|end|>{% endgeneration %}"
    "{% else %}{{ m.content }}<|end|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)


def chat_tokenizer(tasks: list[Graded]) -> Any:
    """As transformers takes it."""
    from transformers import PreTrainedTokenizerFast

    found = PreTrainedTokenizerFast(tokenizer_object=trained(tasks, split=True))
    found.add_special_tokens({"pad_token": START, "eos_token": END})
    found.chat_template = TEMPLATE
    return found
