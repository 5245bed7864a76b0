"""From phrases to sentences: statements about the inner variables, then the question."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import NamedTuple

from hcsp.constraints import Constraint, child_of
from hcsp.ties import turned
from hcsp.tree import ResearchTree, variables_of
from prompts.phrases import Noun, Template
from roles import english, grammar
from roles.fallback import fallback
from roles.grammar import Piece
from roles.grouping import bounded, goes_with, joint
from roles.parts import Item, Part, joined
from roles.plans import Plan, best_plan, openings, references
from roles.ways import way_of


class _Title(NamedTuple):
    """A clue that says who a person is, "student of Max Planck", the noun in it, and what is left to tell."""

    words: str
    noun: str
    rest: list[list[Piece]]


class Speaker:
    """Words one tree: nouns, phrases and plan are chosen once, by `rng`; then sentences are put together."""

    inlines = True
    """Whether a variable may be told in a clause of another's sentence."""

    def __init__(self, tree: ResearchTree, relation_labels: Mapping[str, str], rng: Random) -> None:
        self.tree = tree
        self._relation_labels = relation_labels
        self.heads = grammar.heads(tree, rng)
        picks = {v.id: rng.randrange(60) for v in tree.variables}
        self.pieces = {v: grammar.pieces(tree, v, self.heads, relation_labels, pick) for v, pick in picks.items()}
        self.surfaces: dict[str, str] = {}
        self._reduces = {v.id: rng.random() < 0.8 for v in tree.variables}
        self._possesses = {v.id: rng.random() < 0.5 for v in tree.variables}
        self._pronouns = {v.id: rng.random() < 0.6 for v in tree.variables}
        self._turns = {v.id: rng.random() < 0.8 for v in tree.variables}
        self._inverts = rng.random() < 0.7
        self._plan = best_plan(tree, self.heads, self.pieces, rng, inlines=self.inlines)
        self._names = references(self._plan.stated, self.heads)
        self._openings = openings(self._plan.stated, self.heads)
        if tree.chords:
            told = _as_told(tree, self._plan)
            self.pieces = {v: grammar.pieces(told, v, self.heads, relation_labels, pick) for v, pick in picks.items()}

    def question(self) -> str:
        """The whole tree as a question, after the sentences that it needs."""
        return " ".join([*(self._statement(v) for v in self._plan.stated), self._ask()])

    def _statement(self, vertex: str) -> str:
        noun = self.heads[vertex].noun
        self._name(vertex, noun.one if noun.person else noun.pronoun or noun.one)
        if self._names[vertex].startswith("this "):
            turned_round = (self._titled(vertex) if self._turns[vertex] else None) or self._fronted(vertex)
            if turned_round:
                return turned_round
        opening = self._opening(vertex)
        post, rest = self._told(vertex, 1)
        if not post and not rest:  # only another variable that is held against this one says anything of it
            return f"There is {opening}."
        return f"{opening[0].upper()}{opening[1:]}{post} {english.clauses([i.text for i in rest])}."

    def _opening(self, vertex: str) -> str:
        """How a variable with a sentence of its own is introduced."""
        noun, opening = self.heads[vertex].noun, self._openings[vertex]
        if noun.pronoun and not noun.person:
            return noun.pronoun
        plain = opening == f"{noun.article} {noun.one}" and self._groups(vertex)
        if noun.pronoun and plain and self._pronouns[vertex]:
            self._name(vertex, noun.pronoun)
            return noun.pronoun
        return opening

    def _titled(self, vertex: str) -> str | None:
        """A statement in which a clue takes the place of the noun: "A student of Planck was born in …"."""
        entitled = self._entitled(vertex)
        if entitled is None:
            return None
        opening = english.indefinite(entitled.words)
        return f"{opening[0].upper()}{opening[1:]} {self._said(vertex, entitled.rest)}."

    def _entitled(self, vertex: str) -> _Title | None:
        """A clue that can take the place of a person's noun; `None` if there is none, or nothing else to tell."""
        groups, head = self._groups(vertex), self.heads[vertex]
        able = [g for g in groups if len(g) == 1 and g[0].as_noun() and not self._ends_in_noun(g[0])]
        if head.noun.pronoun is None or not head.noun.person or head.role or not able or len(groups) < 2:
            return None
        template = able[0][0].as_noun()
        assert template is not None
        words = template.fill(self._values(able[0][0], template)[0])
        return _Title(words, template.lead.split(" of ")[0], [g for g in groups if g is not able[0]])

    def _said(self, vertex: str, groups: Sequence[Sequence[Piece]]) -> str:
        return english.clauses([self._item(vertex, g, len(groups) == 1).text for g in groups])

    def _fronted(self, vertex: str) -> str | None:
        """A statement that opens with the other ends of a relation: "Planck and Bohr worked in a field that …"."""
        groups, noun = self._groups(vertex), self.heads[vertex].noun
        able = [g for g in groups if g[0].row.front and all(p.row == g[0].row for p in g)]
        able = [g for g in able if not any(self._ends_in_noun(p) or p.names_type for p in g)]
        if noun.pronoun or not able or any(self._nests(p) for g in groups for p in g):
            return None
        several = sum(len(p.constraints) for p in able[0]) > 1
        template = able[0][0].row.front[-1 if several else 0]
        opening = english.enumeration([v for p in able[0] for v in self._values(p, template)])
        post, rest = self._told_of([g for g in groups if g is not able[0]], vertex, 0, relative=True)
        apart = len(rest) > 1 and any(self._other(p) in self._names for p in able[0])  # of whom more could be told here
        tail = template.tail.removesuffix("_")
        called = f"{noun.article} {noun.one}" if template.introduces else noun.one
        said = f"{tail}{called}{post}{relative(noun, rest, apart=apart)}"
        return f"{opening[0].upper()}{opening[1:]}{said}."

    def _ask(self) -> str:
        root = self.tree.root
        noun = self.heads[root].noun
        inverted = self._inverted(root) if self._inverts else None
        if inverted:
            return inverted
        entitled = self._entitled(root) if self._turns[root] else None
        if entitled:
            self._name(root, entitled.noun)
            return f"Which {entitled.words} {self._said(root, entitled.rest)}?"
        if noun.pronoun and self.pieces[root]:
            word = "Who" if noun.person else "What"
            self._name(root, word)
            return f"{word} {english.clauses([i.text for i in self._told(root, None)[1]])}?"
        self._name(root, noun.one)
        post, rest = self._told(root, 1)
        return f"Which {noun.one}{post} {english.clauses([i.text for i in rest]) if rest else 'is it'}?"

    def _inverted(self, root: str) -> str | None:
        """A question whose one open phrase asks about a variable told before: "Which film did this person direct?"."""
        groups = self._groups(root)
        told = ((g[0], self._names.get(g[0].child or "")) for g in groups if len(g) == 1 and g[0].row.ask)
        able = [(piece, name) for piece, name in told if name]
        if not able or len(groups) > 2:
            return None
        piece, name = able[0]
        others = [g for g in groups if g[0] is not piece]
        post = self._reduced(others[0]) if others else ""
        if post is None:
            return None
        noun = self.heads[root].noun
        self._name(root, noun.one)
        template = piece.row.ask[0]
        before, _, after = template.lead.partition("_")
        verb = f"{after}{name}{template.tail}"
        self.surfaces[piece.constraints[0].id] = verb.strip()
        asked = f"{before}which {noun.one}{' ' if post else ''}{post}{verb}?"
        return f"{asked[0].upper()}{asked[1:]}"

    def _clause(self, vertex: str, outer: str, alone: bool) -> tuple[str, str]:
        """How a variable is introduced in another's sentence, and that with its clauses: "someone born in … who …"."""
        noun, introduced = self.heads[vertex].noun, self._bare(vertex)
        self._name(vertex, noun.pronoun or noun.one)
        entitled = self._entitled(vertex) if self._turns[vertex] and self._is_only(vertex) else None
        if entitled:
            self._name(vertex, entitled.noun)
            introduced = english.indefinite(entitled.words)
        groups = entitled.rest if entitled else self._groups(vertex)
        post, rest = self._told_of(groups, vertex, 0, relative=True)
        told = relative(noun, rest, apart=alone and any(self._suits(item, outer) for item in rest[1:]))
        return introduced, f"{introduced}{post}{told}"

    def _is_only(self, vertex: str) -> bool:
        """Whether nothing else that is told has the same noun."""
        same = [v for v, head in self.heads.items() if head.noun.one == self.heads[vertex].noun.one]
        return same in ([vertex], [self.tree.root, vertex])

    def _bare(self, vertex: str) -> str:
        noun = self.heads[vertex].noun
        return noun.pronoun or f"{noun.article} {noun.one}"

    def _suits(self, item: Item, vertex: str) -> bool:
        return all(p.row.suits(self.heads[vertex].noun.kind) or self._by_rule(p) for p in item.pieces)

    def _by_rule(self, piece: Piece) -> bool:
        """Whether the words are also those that the rule makes of the relation's label, which suit any noun."""
        first = piece.constraints[0]
        label = self._relation_labels.get(first.relation, first.relation)
        return piece.template() in fallback(first.relation, label, way_of(first)).vp

    def _told(self, vertex: str, verbs: int | None, *, relative: bool = False) -> tuple[str, list[Item]]:
        """What is said of a variable: perhaps a reduced phrase after its noun ("born in …"), then the rest.

        At least `verbs` phrases are left to the rest; with `None` there is no reduced phrase.
        """
        return self._told_of(self._groups(vertex), vertex, verbs, relative=relative)

    def _told_of(
        self, groups: list[list[Piece]], vertex: str, verbs: int | None, *, relative: bool
    ) -> tuple[str, list[Item]]:
        wanted = verbs is not None and len(groups) > verbs and (len(groups) == 1 or self._reduces[vertex])
        loose = relative and len(groups) > 1 and any(map(self._ends_in_noun, groups[0]))
        post = self._reduced(groups[0]) if wanted and not loose else None
        rest = groups if post is None else groups[1:]
        possessive = relative and self._possesses[vertex] and len(rest) < 3
        items = [(self._of_whom(g) if possessive else None) or self._item(vertex, g, len(rest) == 1) for g in rest]
        return f" {post}{',' if ', ' in post and rest else ''}" if post else "", items

    def _groups(self, vertex: str) -> list[list[Piece]]:
        """Pieces that share a stem or a whole wording together, in the order of telling; a clause comes last."""
        groups: dict[str | Template, list[Piece]] = {}
        for piece in sorted(bounded(self.pieces[vertex]), key=self._order):
            template = piece.template(inline=self._nests(piece))
            key = template.stem or (template if template.closes and piece.merges else piece.constraints[0].id)
            if goes_with(piece, groups.get(key, ())):
                groups.setdefault(key, []).append(piece)
            else:
                groups[piece.constraints[0].id] = [piece.with_stem(False)]
        return sorted(groups.values(), key=lambda group: any(map(self._nests, group)))

    def _order(self, piece: Piece) -> tuple[bool, bool, int, bool, bool]:
        """What ties it to what was told before comes first, a clause last."""
        known = piece.child in self._names
        return (self._nests(piece), not known, piece.row.rank, piece.anchor is not None, piece.compares)

    def _ends_in_noun(self, piece: Piece) -> bool:
        """Whether a clause that follows could go with the noun in the phrase: "born in a city that …"."""
        child = piece.child
        return piece.names_type or (child is not None and child not in self._names)

    def _nests(self, piece: Piece) -> bool:
        return piece.child in self._plan.inline

    def _item(self, vertex: str, group: Sequence[Piece], alone: bool) -> Item:
        parts: dict[Template, Part] = {}
        for piece in group:
            template = piece.template(inline=self._nests(piece))
            part = parts.setdefault(template, Part(template, []))
            if piece.child is not None and self._nests(piece):
                introduced, part.clause = self._clause(piece.child, vertex, alone)
                self._surface(piece, template, [introduced])
            else:
                part.values += self._values(piece, template)
        return Item(joined(list(parts.values()), joint(group)), tuple(group))

    def _of_whom(self, group: Sequence[Piece]) -> Item | None:
        """The phrase as it follows "whose", if it has such a wording and no clause of its own."""
        templates = [p.of_whom() for p in group]
        template = templates[0]
        if template is None or any(t != template for t in templates) or any(map(self._nests, group)):
            return None
        values = [v for p in group for v in self._values(p, template)]
        for constraint in (c for p in group for c in p.constraints):
            self.surfaces[constraint.id] = f"whose {self.surfaces[constraint.id]}"
        return Item(joined([Part(template, values)]), tuple(group), whose=True)

    def _values(self, piece: Piece, template: Template) -> list[str]:
        child = piece.child
        other = self._other(piece)
        if other in self._names:
            values = [self._names[other]]
        elif child is None:
            values = piece.values(template)
        else:  # a variable that nothing is said about
            values = [self._bare(child)]
            self._name(child, self.heads[child].noun.pronoun or self.heads[child].noun.one)
        self._surface(piece, template, values)
        return values

    def _reduced(self, group: Sequence[Piece]) -> str | None:
        templates = [p.reduced() for p in group]
        if any(map(self._nests, group)) or len({t.stem if t else None for t in templates}) > 1:
            return None
        parts: dict[Template, Part] = {}
        for piece, template in zip(group, templates, strict=True):
            if template is None:
                return None
            parts.setdefault(template, Part(template, [])).values += self._values(piece, template)
        return joined(list(parts.values()), joint(group))

    def _other(self, piece: Piece) -> str | None:
        return piece.child or piece.anchor

    def _surface(self, piece: Piece, template: Template, values: Sequence[str]) -> None:
        for constraint, value in zip(piece.constraints, values, strict=True):
            self.surfaces[constraint.id] = template.fill(value).removesuffix(" _")

    def _name(self, vertex: str, word: str) -> None:
        self.surfaces[self.tree.noun(vertex).id] = word
        if role := self.heads[vertex].role:
            self.surfaces[role] = word


def _as_told(tree: ResearchTree, plan: Plan) -> ResearchTree:
    """The tree with each chord on the end that is told last."""
    parents = {child_of(e): e.vertex for e in tree.edges}
    last = {c.id: plan.in_order(sorted(variables_of(c)), parents)[-1] for c in tree.chords}
    told: list[Constraint] = list(tree.constraints)
    for chord in tree.chords:
        if chord.vertex != last[chord.id]:
            told[tree.constraints.index(chord)] = turned(chord)
    return ResearchTree(variables=tree.variables, constraints=tuple(told))


def relative(noun: Noun, items: Sequence[Item], *, apart: bool = False) -> str:
    """Verb phrases after a noun, each with a pronoun of its own where one is "whose …" or they are to be kept apart."""
    if not items:
        return ""
    which = "who" if noun.person else "that"
    if apart or any(item.whose for item in items):
        return f" {english.clauses([item.led_by(which) for item in items])}"
    return f" {which} {english.clauses([item.text for item in items])}"
