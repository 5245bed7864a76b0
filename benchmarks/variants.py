"""Ways to make questions that differ from the shipped one by a few settings or preset numbers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from graph.context import Context
from hcsp.preset import PRESETS, Preset


@dataclass(frozen=True)
class Variant:
    """What is different: fields of `Context`, and fields of the preset that the run's difficulty names."""

    name: str
    context: Mapping[str, Any] = field(default_factory=dict)
    preset: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unknown(self) -> list[str]:
        """The overrides that this version of the program has no setting for."""
        context = [f"Context.{name}" for name in self.context if name not in Context.model_fields]
        return context + [f"Preset.{name}" for name in self.preset if name not in Preset.model_fields]


AS_SHIPPED = Variant("as shipped")


@contextmanager
def applied(variant: Variant, settings: Context) -> Iterator[Context]:
    """The settings with the variant's overrides; the preset stands changed until the block ends.

    Raises `ValueError` for a setting that does not exist.
    """
    if variant.unknown:
        raise ValueError(f"variant {variant.name!r}: no setting {', '.join(variant.unknown)}")
    changed = Context.model_validate(settings.model_dump() | dict(variant.context))
    shipped = PRESETS[changed.difficulty]
    PRESETS[changed.difficulty] = Preset.model_validate(shipped.model_dump() | dict(variant.preset))
    try:
        yield changed
    finally:
        PRESETS[changed.difficulty] = shipped
