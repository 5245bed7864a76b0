"""A Writer played by a chat model: it words what code lists and says which words say what; code checks that they do."""

from collections.abc import Mapping

from hcsp.tree import ResearchTree
from prompts.render import manners, numbered
from roles.asking import request, sample_of
from roles.chat.port import Chat, Refused
from roles.drafts import Draft
from roles.entries import listed
from roles.sheets import sheet_of
from roles.styles import GRAMMAR, Manner
from roles.symbolic_writer import SymbolicWriter
from roles.writer import Wording
from worlds.world import World


class ModelWriter:
    """Asks for a wording of the entries; the model sees letters for the variables and no name but the constants'.

    Of the reply `roles.drafts` lets nothing pass that leaves an entry out, says one twice, adds or leaks. Claims,
    sub-questions and ladder are the grammar's; where no reply passes the whole wording is, and then says so itself
    (`Wording.symbolic`).
    """

    asks = True

    def __init__(
        self, chat: Chat, world: World, relation_labels: Mapping[str, str], manner: Manner, most_words: int
    ) -> None:
        self._chat = chat
        self._world = world
        self._relation_labels = relation_labels
        self._manner: Manner = manner
        self._most_words = most_words

    async def draft(self, tree: ResearchTree, labels: Mapping[str, str], seed: str) -> Wording:
        """The wording that the model is shown as an example, and that stands where it refuses."""
        grammar = SymbolicWriter(self._relation_labels, GRAMMAR[self._manner], self._most_words)
        return await grammar.write(tree, labels, seed)

    async def write(self, tree: ResearchTree, labels: Mapping[str, str], seed: str) -> Wording:
        """Word the tree; another seed is another call."""
        sheet = await sheet_of(tree, labels, self._world, self._relation_labels, seed, self._manner, self._most_words)
        data = {"clauses": numbered(listed(tree, sheet.entries)), "example": sheet.wording.question}
        call = request(
            "writer",
            "write_question",
            Draft,
            data,
            sample=sample_of(seed),
            root=tree.root,
            words=str(self._most_words),
            manner=manners()[self._manner],
        )
        try:
            return sheet.worded(await self._chat.ask(call, sheet.refusal))
        except Refused:
            return sheet.wording
