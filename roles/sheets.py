"""The sheet that a wording is held against, made from a tree by the grammar."""

from collections.abc import Mapping

from hcsp.tree import ResearchTree
from roles.drafts import Sheet
from roles.entries import entries
from roles.styles import GRAMMAR, Manner
from roles.symbolic_writer import SymbolicWriter
from worlds.world import World


async def sheet_of(
    tree: ResearchTree,
    labels: Mapping[str, str],
    world: World,
    relation_labels: Mapping[str, str],
    seed: str,
    manner: Manner,
    most_words: int,
) -> Sheet:
    """What a model that words the tree is given, and what its reply is checked by; `labels` names the variables.

    The same arguments give the same sheet, so that a wording can be checked again long after it was made.
    """
    grammar = SymbolicWriter(relation_labels, GRAMMAR[manner], most_words)
    lettered = await grammar.write(tree, {entity: v for v, entity in tree.entities.items()}, seed)
    return Sheet(
        tree=tree,
        wording=await grammar.write(tree, labels, seed),
        entries=entries(tree, lettered.claims),
        hidden={v: await world.entity(e) for v, e in tree.entities.items()},
        constants={e: await world.entity(e) for e in sorted(tree.constants)},
        most_words=most_words,
    )
