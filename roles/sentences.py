"""From phrases to sentences: statements about the inner variables, then the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hcsp.constraints import Constraint, child_of
from hcsp.tree import ResearchTree, variables_of
from prompts.phrases import Template
from roles import english, grammar
from roles.fallback import PREPOSITIONS, fallback
from roles.grammar import Piece
from roles.plans import Plan, best_plan, references
from roles.ways import turned, way_of


@dataclass(frozen=True)
class Item:
    """One verb phrase of a list, and what is told in it; `whose` if it follows that word instead of "who"."""

    text: str
    pieces: tuple[Piece, ...]
    whose: bool = False

    def led_by(self, which: str) -> str:
        """The item with a relative pronoun of its own."""
        return f"{'whose' if self.whose else which} {self.text}"


@dataclass
class Part:
    """What fills one template: names in a row, then perhaps a noun with a clause of its own."""

    template: Template
    values: list[str]
    clause: str | None = None

    @property
    def text(self) -> str:
        """The part without the stem."""
        filling = english.enumeration(self.values) if self.values else ""
        if self.clause is not None:
            joint = ", and " if len(self.values) > 1 else " and "
            filling += f"{joint}{repeated(self.template)}{self.clause}" if self.values else self.clause
        return f"{self.template.lead}{filling}{self.template.tail}"


def repeated(template: Template) -> str:
    """The preposition that is said again before a clause in a row: "by Kant and by someone who …"."""
    last = template.lead.split()[-1]
    return f"{last} " if last in PREPOSITIONS else ""


class Speaker:
    """Words one tree: nouns, phrases and plan are chosen once, by `rng`; then sentences are put together."""

    def __init__(self, tree: ResearchTree, relation_labels: Mapping[str, str], rng: Random) -> None:
        self.tree = tree
        self._relation_labels = relation_labels
        self.heads = grammar.heads(tree, rng)
        picks = {v.id: rng.randrange(60) for v in tree.variables}
        self.pieces = {v: grammar.pieces(tree, v, self.heads, relation_labels, pick) for v, pick in picks.items()}
        self.surfaces: dict[str, str] = {}
        self._reduces = {v.id: rng.random() < 0.6 for v in tree.variables}
        self._possesses = {v.id: rng.random() < 0.5 for v in tree.variables}
        self._inverts = rng.random() < 0.7
        self._plan = best_plan(tree, self.heads, self.pieces, rng)
        self._names = references(self._plan.stated, self.heads)
        if tree.chords:
            told = _as_told(tree, self._plan)
            self.pieces = {v: grammar.pieces(told, v, self.heads, relation_labels, pick) for v, pick in picks.items()}

    def question(self) -> str:
        """The whole tree as a question, after the sentences that it needs."""
        return " ".join([*(self._statement(v) for v in self._plan.stated), self._ask()])

    def _statement(self, vertex: str) -> str:
        noun = self.heads[vertex].noun
        self._name(vertex, noun.one if noun.person else noun.pronoun or noun.one)
        post, rest = self._told(vertex, 1)
        opening = noun.pronoun if noun.pronoun and not noun.person else f"{noun.article} {noun.one}"
        if not post and not rest:  # only another variable that is held against this one says anything of it
            return f"There is {opening}."
        return f"{opening[0].upper()}{opening[1:]}{post} {english.clauses([i.text for i in rest])}."

    def _ask(self) -> str:
        root = self.tree.root
        noun = self.heads[root].noun
        inverted = self._inverted(root) if self._inverts else None
        if inverted:
            return inverted
        if noun.pronoun and self.pieces[root]:
            word = "Who" if noun.person else "What"
            self._name(root, word)
            return f"{word} {english.clauses([i.text for i in self._told(root, None)[1]])}?"
        self._name(root, noun.one)
        post, rest = self._told(root, 1)
        return f"Which {noun.one}{post} {english.clauses([i.text for i in rest]) if rest else 'is it'}?"

    def _inverted(self, root: str) -> str | None:
        """A question whose one open phrase asks about a variable told before: "Which film did this person direct?"."""
        *others, last = self._groups(root) or [[]]
        piece = last[0] if len(last) == 1 else None
        if piece is None or piece.child not in self._names or not piece.row.ask or len(others) > 1:
            return None
        post = self._reduced(others[0]) if others else ""
        if post is None:
            return None
        noun = self.heads[root].noun
        self._name(root, noun.one)
        template = piece.row.ask[0]
        before, _, after = template.lead.partition("_")
        verb = f"{after}{self._names[piece.child]}{template.tail}"
        self.surfaces[piece.constraints[0].id] = verb.strip()
        asked = f"{before}which {noun.one}{' ' if post else ''}{post}{verb}?"
        return f"{asked[0].upper()}{asked[1:]}"

    def _clause(self, vertex: str, outer: str, alone: bool) -> str:
        """A variable as a noun with its clauses: "someone born in … who …"."""
        noun = self.heads[vertex].noun
        self._name(vertex, noun.pronoun or noun.one)
        post, rest = self._told(vertex, 0, relative=True)
        lead = f"{self._bare(vertex)}{post}"
        if not rest:
            return lead
        which = "who" if noun.person else "that"
        if any(i.whose for i in rest) or (alone and any(self._suits(item, outer) for item in rest[1:])):
            return f"{lead} {english.clauses([i.led_by(which) for i in rest])}"
        return f"{lead} {which} {english.clauses([i.text for i in rest])}"

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
        groups = self._groups(vertex)
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
        for piece in sorted(self.pieces[vertex], key=self._order):
            template = piece.template(inline=self._nests(piece))
            key = template.stem or (template if template.closes and piece.merges else piece.constraints[0].id)
            if piece.compares and (len(groups.get(key, ())) > 1 or any(p.compares for p in groups.get(key, ()))):
                key = piece.constraints[0].id  # "born in Ulm before Planck" but not "… after Bohr before Planck"
            groups.setdefault(key, []).append(piece)
        return sorted(groups.values(), key=lambda group: any(map(self._nests, group)))

    def _order(self, piece: Piece) -> tuple[bool, int, bool]:
        return (self._nests(piece), piece.row.rank, piece.child is not None or piece.anchor is not None)

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
                part.clause = self._clause(piece.child, vertex, alone)
                self._surface(piece, template, [self._bare(piece.child)])
            else:
                part.values += self._values(piece, template)
        return Item(_joined(list(parts.values())), tuple(group))

    def _of_whom(self, group: Sequence[Piece]) -> Item | None:
        """The phrase as it follows "whose", if it has such a wording and no clause of its own."""
        templates = [p.of_whom() for p in group]
        template = templates[0]
        if template is None or any(t != template for t in templates) or any(map(self._nests, group)):
            return None
        values = [v for p in group for v in self._values(p, template)]
        for constraint in (c for p in group for c in p.constraints):
            self.surfaces[constraint.id] = f"whose {self.surfaces[constraint.id]}"
        return Item(_joined([Part(template, values)]), tuple(group), whose=True)

    def _values(self, piece: Piece, template: Template) -> list[str]:
        child = piece.child
        other = child or piece.anchor
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
        return _joined(list(parts.values()))

    def _surface(self, piece: Piece, template: Template, values: Sequence[str]) -> None:
        for constraint, value in zip(piece.constraints, values, strict=True):
            self.surfaces[constraint.id] = template.fill(value)

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


def _joined(parts: Sequence[Part]) -> str:
    """Parts of one stem in a row; the one with a clause last."""
    ordered = sorted(parts, key=lambda part: part.clause is not None)
    return ordered[0].template.stem + " ".join(part.text for part in ordered)
