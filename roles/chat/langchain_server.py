"""Any other provider, through its LangChain chat model. Asked in plain words for JSON, which all of them understand."""

from collections.abc import Callable
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage

from roles.chat.answer import Answer, Garbled
from roles.chat.faults import Passing, Place, fault_of
from roles.chat.forms import Form, worded
from roles.chat.port import ChatError
from roles.chat.server import Asked, Intend
from roles.chat.settings import ChatSettings

_FINISHES = {"max_tokens": "length", "MAX_TOKENS": "length", "SAFETY": "content_filter", "refusal": "content_filter"}


class LangChainServer:
    """One provider's models; `open_model` makes the LangChain model of a name, without retries of its own."""

    first: Form = "prompted"

    def __init__(self, provider: str, open_model: Callable[[str], BaseChatModel]) -> None:
        self.address = provider
        self._open = open_model
        self._models: dict[str, BaseChatModel] = {}

    async def complete(self, asked: Asked, intend: Intend) -> Answer:
        """See `Server.complete`."""
        model = self._models.get(asked.model) or self._models.setdefault(asked.model, self._open(asked.model))
        messages = [(m["role"], m["content"]) for m in worded(asked.form, asked.messages, asked.schema)]
        await intend()
        try:
            return _answer(await model.ainvoke(messages))
        except (Garbled, TimeoutError):
            raise
        except Exception as error:
            raise _fault(error, Place(asked.model, self.address, f"{self.address.upper()}_API_KEY")) from None

    async def close(self) -> None:
        """Nothing is held open."""


def open_langchain(provider: str, settings: ChatSettings) -> LangChainServer:
    """The models of a provider by name, such as `anthropic`. Raises `ChatError` when its package is missing."""
    try:
        from langchain.chat_models import init_chat_model  # noqa: PLC0415
    except ImportError:
        raise ChatError(
            f"models of {provider!r} need the packages langchain and langchain-{provider}: pip install them"
        ) from None
    options = {"temperature": settings.temperature, "max_tokens": settings.max_tokens}
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}

    def opened(name: str) -> BaseChatModel:
        try:
            return init_chat_model(name, model_provider=provider, max_retries=0, **given)  # type: ignore[no-any-return]
        except Exception as error:
            raise ChatError(f"--model {provider}:{name} cannot be opened: {_line(error)}") from None

    return LangChainServer(provider, opened)


def _answer(message: BaseMessage) -> Answer:
    if not isinstance(message, AIMessage):
        raise Garbled("the model gave no message of its own")
    usage = message.usage_metadata
    told = message.response_metadata
    finish = str(told.get("finish_reason") or told.get("stop_reason") or "stop")
    return Answer(
        text=message.text.encode("utf-8", "replace").decode(),
        finish=_FINISHES.get(finish, finish),
        input_tokens=usage["input_tokens"] if usage else None,
        output_tokens=usage["output_tokens"] if usage else None,
    )


def _fault(error: Exception, place: Place) -> Exception:
    """Clients name the HTTP status of a failure. Without one, what the system raises passes and all else lasts."""
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    if isinstance(status, int):
        return fault_of(status, getattr(response, "headers", {}), getattr(response, "content", b""), place)
    if isinstance(error, OSError) or "timeout" in type(error).__name__.lower() or "Connection" in type(error).__name__:
        return Passing("disconnected", _line(error))
    return ChatError(f"{place.address} cannot be asked: {_line(error)}")


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
