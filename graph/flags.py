"""Command flags generated from settings, so that a setting exists once."""

import argparse
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from graph.context import Context
from roles.chat.settings import ChatSettings

Settings = TypeVar("Settings", bound=BaseModel)


def add_context(parser: argparse.ArgumentParser) -> None:
    """A flag for every setting of a run, those of chat models in a group of their own."""
    add_settings(parser, Context, "settings", without=ChatSettings)
    add_settings(parser, ChatSettings, "chat models")


def add_settings(
    parser: argparse.ArgumentParser, model: type[BaseModel], title: str, without: type[BaseModel] = BaseModel
) -> None:
    """A flag for every field of a model, with its description and default, but for those that it has from another."""
    group = parser.add_argument_group(title)
    for name, setting in model.model_fields.items():
        if name in without.model_fields:
            continue
        flag = f"--{name.replace('_', '-')}"
        text = (setting.description or "").replace("%", "%%")
        if setting.annotation is bool:
            group.add_argument(flag, action=argparse.BooleanOptionalAction, default=setting.default, help=text)
        else:
            group.add_argument(flag, default=setting.default, help=f"{text}{_default(setting)}", **_form(setting))


def settings_from(parsed: argparse.Namespace, model: type[Settings]) -> Settings:
    """The settings of a command line; raises `ValueError` with one line on the first that does not fit."""
    try:
        return model(**{name: getattr(parsed, name) for name in model.model_fields})
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # settings that do not go together
            raise ValueError(first["msg"].removeprefix("Value error, ")) from None
        flag = f"--{str(first['loc'][0]).replace('_', '-')}"
        raise ValueError(f"{flag} {first['input']!r}: {first['msg'].lower()}") from None


def _form(setting: FieldInfo) -> dict[str, Any]:
    kind = setting.annotation
    if get_origin(kind) is Literal:
        return {"choices": get_args(kind)}
    if get_origin(kind) is tuple:
        return {"nargs": "+", "metavar": "ID"}
    if kind in (int, int | None):
        return {"type": int, "metavar": "N"}
    return {"type": float, "metavar": "X"} if kind in (float, float | None) else {}


def _default(setting: FieldInfo) -> str:
    return "" if setting.default in (None, ()) else f" (default {setting.default})"
