"""A question as a model words it, and everything for which code sends it back."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

from hcsp.constraints import anchor_of
from hcsp.frozen import Frozen
from hcsp.names import occurs, words
from hcsp.tree import ResearchTree
from prompts.render import connectives
from roles.entries import Entry, noun_words, turned
from roles.exposure import exposed
from roles.leakage import leaks
from roles.lengths import count_words
from roles.writer import Wording
from worlds.model import Entity

LONGER = 2
"""A span may be so many times as long as the entry that it says, and a few words more; beyond, something is added."""
A_FEW = 6
_MARKUP = re.compile(r"[*_#`<>{}\[\]|\\^~$]|https?:")
_OPENING = re.compile(r"(?:^|[.?!:;] )\W*([^\W\d_]+)")
_NEGATING = frozenset(
    ("no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "without", "except", "excluding", "unlike")
)
GAP = " , "
"""What stands for a span in the rest of a question."""


class Said(Frozen):
    """Which words of the question say an entry, counted from 1."""

    entry: int
    span: str


class Draft(Frozen):
    """A reply."""

    question: str
    spans: tuple[Said, ...]


@dataclass(frozen=True)
class Sheet:
    """What a draft is held against: the entries, the grammar's own wording, and who must and must not be named."""

    tree: ResearchTree
    wording: Wording
    entries: tuple[Entry, ...]
    hidden: Mapping[str, Entity]
    constants: Mapping[str, Entity]
    most_words: int

    def refusal(self, draft: Draft) -> str:
        """Why the draft is sent back; empty when it may pass."""
        checks: tuple[Callable[[Draft], Iterator[str]], ...] = (
            self._form,
            self._leaking,
            self._told_once,
            self._standing,
            self._kept,
            self._added_anywhere,
            self._added_within,
            self._added_between,
        )
        return next(chain.from_iterable(check(draft) for check in checks), "")

    def worded(self, draft: Draft) -> Wording:
        """The wording of a draft that may pass; sub-questions and ladder are the grammar's."""
        question, old = _plain(draft.question), self.wording
        said = self._spans(draft)
        return Wording(
            question=question,
            surfaces={entry.constraint.id: said[n] for n, entry in enumerate(self.entries, start=1)},
            claims=old.claims,
            steps=(*old.steps[:-1], old.steps[-1].model_copy(update={"question": question})),
            ladder=(*old.ladder[:-1], old.ladder[-1].model_copy(update={"question": question})),
            symbolic=False,
        )

    def _spans(self, draft: Draft) -> dict[int, str]:
        return {said.entry: _plain(said.span) for said in draft.spans}

    def _clauses(self, draft: Draft) -> Iterator[tuple[int, Entry, str]]:
        """The entries that are no nouns, with their numbers and spans."""
        for n, span in self._spans(draft).items():
            if not self.entries[n - 1].is_noun:
                yield n, self.entries[n - 1], span

    def _form(self, draft: Draft) -> Iterator[str]:
        question = _plain(draft.question)
        if not question.isprintable() or _MARKUP.search(self._unnamed(question)):
            yield "the question holds markup or control characters; write plain text"
        if question.count("?") != self.wording.question.count("?") or not question.endswith("?"):
            yield "the question needs one question mark, at its very end"
        if (long := count_words(question)) > self.most_words:
            yield f"the question has {long} words; at most {self.most_words} are wanted"

    def _unnamed(self, question: str) -> str:
        """The question without its constants, whose names may hold anything."""
        for forms in (forms for entry in self.entries for forms in entry.keep):
            for form in forms:
                question = question.replace(form, "")
        return question

    def _told_once(self, draft: Draft) -> Iterator[str]:
        told = Counter(said.entry for said in draft.spans)
        if stray := sorted(n for n in told if not 1 <= n <= len(self.entries)):
            yield f"there is no entry {stray[0]}; the entries are numbered 1 to {len(self.entries)}"
        if missing := [str(n) for n in range(1, len(self.entries) + 1) if not told[n]]:
            yield f"no span is given for entry {', '.join(missing)}; every entry has to be said"
        if twice := sorted(n for n, times in told.items() if times > 1):
            yield f"entry {twice[0]} has {told[twice[0]]} spans; every entry is said once"

    def _standing(self, draft: Draft) -> Iterator[str]:
        question, taken = _plain(draft.question), list[tuple[int, int, int]]()
        for n, span in self._spans(draft).items():
            found = _standing_at(span, question)
            if not found:
                yield f"the span {span!r} of entry {n} does not stand in the question letter by letter"
            elif len(found) > 1 and not self.entries[n - 1].is_noun:
                yield f"the words {span!r} of entry {n} stand {len(found)} times in the question, not once"
            elif not self.entries[n - 1].is_noun:
                taken.append((*found[0], n))
        taken.sort()
        for (_, end, n), (start, _, m) in pairwise(taken):
            if start < end:
                yield f"the spans of entries {n} and {m} overlap; each entry has words of its own"

    def _kept(self, draft: Draft) -> Iterator[str]:
        """The words of an entry that may not change: names, values, and which way it compares or denies."""
        for n, span in self._spans(draft).items():
            entry = self.entries[n - 1]
            for forms in entry.keep:
                if forms and not any(occurs(form, span) for form in (*forms, *self._role(entry))):
                    yield f"the span {span!r} of entry {n} does not hold {forms[0]!r}, which has to stand as it is"
            if not entry.is_noun:
                yield from self._turned(n, entry, span)

    def _turned(self, n: int, entry: Entry, span: str) -> Iterator[str]:
        """What turns an entry into its opposite. Either end of a chord may be told of the other."""
        for word in sorted(_NEGATING.intersection(words(span)) - self._nouns - set(words(entry.told))):
            yield f"{word!r} in the span of entry {n} denies what the entry says"
        chord = anchor_of(entry.constraint) is not None
        if swapped := turned(entry.told, span, chord=chord):
            yield f"the span of entry {n} says {swapped[0]!r} where the entry says {swapped[1]!r}"

    def _role(self, noun: Entry) -> tuple[str, ...]:
        """What else the grammar would call a variable by: a clue that lends its noun, such as "physicist"."""
        return (self.wording.surfaces[noun.constraint.id],) if noun.is_noun else ()

    def _added_within(self, draft: Draft) -> Iterator[str]:
        for n, entry, span in self._clauses(draft):
            own = {entry.constraint.vertex: [entry.constraint] if entry.constraint in self.tree.clues else []}
            alone = self.tree.with_choices({v: own.get(v, []) for v in self.tree.entities})
            for found in exposed(span, alone, self.wording.surfaces, self.constants):
                if found.clue is None and not _holds(entry.told, found.text) and not self._is_noun(found.text):
                    yield f"{found.text!r} in the span of entry {n} belongs to no such entry; add nothing"
            long = sum(word not in self._nouns for word in words(span))
            if long > LONGER * len(words(entry.told)) + A_FEW:
                yield f"the span of entry {n} has {long} words and so says more than the entry; add nothing"

    def _added_anywhere(self, draft: Draft) -> Iterator[str]:
        """Names, numbers and quotations of no entry; a capital at the start of a sentence tells nothing."""
        question = _plain(draft.question)
        for found in exposed(question, self.tree, self.wording.surfaces, self.constants):
            if found.clue is None and not any(_holds(entry.told, found.text) for entry in self.entries):
                yield f"{found.text!r} in the question belongs to no entry; add nothing"
        told = chain.from_iterable(
            (*words(e.told), *words(self.wording.surfaces[e.constraint.id])) for e in self.entries
        )
        known = self._allowed.union(told)
        for opening in (match[1] for match in _OPENING.finditer(question)):
            if not known.issuperset(words(opening)):
                yield f"{opening!r} opens a sentence and could be a name; open it with a noun or words of an entry"

    def _added_between(self, draft: Draft) -> Iterator[str]:
        """What stands in no span may only tie the entries together."""
        rest = _plain(draft.question)
        for _, _, span in self._clauses(draft):
            start, end = _standing_at(span, rest)[0]
            rest = f"{rest[:start]}{GAP}{rest[end:]}"
        for found in exposed(rest, self.tree, self.wording.surfaces, self.constants):
            if not self._is_noun(found.text):
                yield f"{found.text!r} stands in the question outside of the span of any entry; add nothing"
        if strange := [word for word in words(rest) if word not in self._allowed]:
            yield f"{strange[0]!r} stands in the question outside of the span of any entry; add nothing"

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return connectives() | self._nouns

    @cached_property
    def _nouns(self) -> frozenset[str]:
        return noun_words(self.tree, self.wording.surfaces)

    def _is_noun(self, text: str) -> bool:
        return self._nouns.issuperset(words(text))

    def _leaking(self, draft: Draft) -> Iterator[str]:
        for named in leaks(_plain(draft.question), self.tree, self.hidden).values():
            yield f"the question holds {named[0]!r}, which it must not name"


def _plain(text: str) -> str:
    """Runs of whitespace are one space each."""
    return " ".join(text.split())


def _standing_at(span: str, text: str) -> list[tuple[int, int]]:
    """Where a span stands in a text as whole words."""
    pattern = rf"(?<!\w){re.escape(span)}(?!\w)"
    return [match.span() for match in re.finditer(pattern, text)] if span else []


def _holds(told: str, text: str) -> bool:
    """Whether an entry holds some words, or a number that begins one of its words, as in "3D"."""
    return occurs(text, told) or any(re.fullmatch(re.escape(text) + r"[^\W\d]+", word) for word in words(told))
