"""Near-duplicate tasks by MinHash LSH (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, ch. 3)."""

from hashlib import blake2b

from rensa import RMinHash, RMinHashLSH

from hcsp.names import key
from tasks.hygiene.similar import jaccard
from tasks.hygiene.views import views
from tasks.record import TaskRecord

THRESHOLD = 0.6
"""Jaccard similarity from which on a task repeats another.

Of 673 tasks in which some roots stand several times, no two with different answers come above 0.44 in their facts; of
the pairs with one answer, those above 0.6 differ in one or two clues of their eight or so.
"""
PERMUTATIONS, BANDS = 24, 12
"""Bands of two: a pair at the threshold is met with probability 1 - (1 - 0.6^2)^12 = 0.995, one at 0.7 with 0.9997."""


class NearDuplicates:
    """The tasks so far, and which of them a new one nearly repeats.

    Two tasks are near when the facts that they rest on, or the words in which they ask for one answer, have a Jaccard
    similarity of the threshold or more, or when the questions are the same words. What LSH brings is held against the
    exact similarity, so that a verdict is never wrong; one in two hundred pairs at the threshold goes unseen.
    Nothing depends on the process: equal tasks in equal order give equal verdicts.
    """

    def __init__(self, threshold: float = THRESHOLD, seed: int = 0) -> None:
        if not 0 < threshold <= 1:
            raise ValueError(f"a threshold of similarity lies above 0 and is at most 1, not {threshold!r}")
        self._threshold, self._seed = threshold, seed
        self._index = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=BANDS)
        self._ids: list[str] = []
        self._seen: list[bytes] = []
        self._questions: dict[bytes, str] = {}
        self._last: tuple[TaskRecord, list[frozenset[bytes]]] | None = None

    def twin(self, record: TaskRecord) -> str | None:
        """The id of the earlier task that it repeats most; of equals the first. `None` when it is new."""
        if (same := self._questions.get(_hash(key(record.question)))) is not None:
            return same
        found = [pair for features in self._features(record) for pair in self._near(features)]
        return self._ids[min(found)[1]] if found else None

    def add(self, record: TaskRecord) -> None:
        """Have later tasks held against this one."""
        self._ids.append(record.id)
        self._questions.setdefault(_hash(key(record.question)), record.id)
        for features in self._features(record):
            self._index.insert(len(self._seen), self._sketch(features))
            self._seen.append(b"".join(sorted(features)))

    def _features(self, record: TaskRecord) -> list[frozenset[bytes]]:
        """Both views; a task is looked for and then added, so the last one's are kept."""
        if self._last is None or self._last[0] is not record:
            self._last = record, [frozenset(map(_hash, view)) for view in views(record)]
        return self._last[1]

    def _near(self, features: frozenset[bytes]) -> list[tuple[float, int]]:
        """The earlier tasks as near as that, each as minus its similarity and its place."""
        places = self._index.query(self._sketch(features))
        exact = ((jaccard(features, _restored(self._seen[n])), n) for n in places)
        return [(-share, n // 2) for share, n in exact if share >= self._threshold]

    def _sketch(self, features: frozenset[bytes]) -> RMinHash:
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=self._seed)
        sketch.update(sorted(features))
        return sketch


def _hash(feature: str) -> bytes:
    """Eight bytes: a tenth of the memory, and the same on each machine."""
    return blake2b(feature.encode(), digest_size=8).digest()


def _restored(joined: bytes) -> frozenset[bytes]:
    return frozenset(joined[n : n + 8] for n in range(0, len(joined), 8))
