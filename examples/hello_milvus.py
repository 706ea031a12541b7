"""Search the docstrings of Python's standard library: by their words, by their meaning, and by both.

    python examples/hello_milvus.py                          # the embedded server, in ./hello.db
    python examples/hello_milvus.py http://localhost:19530   # a server (Milvus 2.5 or newer)
    python examples/hello_milvus.py --modules json random    # the texts of these modules only

Nothing is downloaded. The texts are the docstrings that come with Python. The server makes the sparse vectors of the
full-text search itself (BM25). The dense vectors are learnt here, from the texts alone: see ``TextVectors``.
"""

from __future__ import annotations

import argparse
import ast
import math
import random
import re
import sysconfig
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from milvusclient import AnnSearchRequest, DataType, Function, FunctionType, Hits, MilvusClient, RRFRanker

COLLECTION = "standard_library"
DIMENSION = 128
BATCH = 1_000
QUESTIONS = (
    "wait for several threads to finish",
    "make a temporary file that goes away by itself",
    "pick a random item from a list",
    "compare two texts and show the differences",
)

Vector = list[float]


# --- the texts -------------------------------------------------------------------------------------------------------
def docstrings(modules: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name and docstring of each module, class and function of the standard library, or of some of its modules.

    Nothing of it is imported.
    """
    root = Path(sysconfig.get_paths()["stdlib"])
    others = {"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3"}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if others.isdisjoint(parts) and (not modules or parts[0] in modules):
            try:
                tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                continue
            yield from docstrings_below(tree, ".".join(parts).removesuffix(".__init__"))


def docstrings_below(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    """Yield the docstring of this node, and those of what is defined inside it."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        text = ast.get_docstring(node)
        if text and len(text) > 40:
            yield name, text
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from docstrings_below(child, f"{name}.{child.name}")
        elif isinstance(child, ast.stmt | ast.excepthandler):
            yield from docstrings_below(child, name)


# --- the dense vectors -----------------------------------------------------------------------------------------------
def words(text: str) -> list[str]:
    """Return the words of a text or of a dotted name, without the commonest endings."""
    found = (word.lower() for word in re.findall(r"[A-Z]?[a-z]{2,}", text))
    return [re.sub(r"(?<=\w{4})(ing|ed|es|s)$", "", word) for word in found]


def normalised(vector: Vector) -> Vector:
    """Return the vector with length 1."""
    length = math.sqrt(math.fsum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


class TextVectors:
    """Vectors in which words of the same texts point the same way, and with them texts about the same things.

    It begins with a random direction for each text. Then, a few times over: a word becomes the sum of the texts that
    it is in, and a text the sum of its words; rare words count more. This is a poor man's latent semantic analysis.
    A real embedding model does far better; what Milvus does with its vectors is the same.
    """

    def __init__(self, texts: Sequence[str], rounds: int = 3) -> None:
        counts = [Counter(words(text)) for text in texts]
        spread = Counter(word for count in counts for word in count)
        self._rarity = {word: math.log(len(texts) / n) for word, n in spread.items() if n > 1}
        bags = [self._bag(count) for count in counts]
        dice = random.Random(7)
        self.texts = [normalised([dice.gauss(0, 1) for _ in range(DIMENSION)]) for _ in texts]
        for _ in range(rounds):
            self._words = self._word_vectors(bags)
            self.texts = [self._text_vector(bag) for bag in bags]

    def of(self, text: str) -> Vector:
        """Return the vector of a text that was not among those that were learnt from."""
        return self._text_vector(self._bag(Counter(words(text))))

    def _bag(self, count: Counter[str]) -> list[tuple[str, float]]:
        known = [(word, (1 + math.log(n)) * self._rarity[word]) for word, n in count.items() if word in self._rarity]
        length = math.sqrt(math.fsum(weight * weight for _, weight in known)) or 1.0
        return [(word, weight / length) for word, weight in known]

    def _word_vectors(self, bags: list[list[tuple[str, float]]]) -> dict[str, Vector]:
        sums = {word: [0.0] * DIMENSION for word in self._rarity}
        for bag, vector in zip(bags, self.texts, strict=True):
            for word, weight in bag:
                sums[word] = [total + weight * x for total, x in zip(sums[word], vector, strict=True)]
        # What all words have in common says nothing about any of them.
        middle = [math.fsum(column) / len(sums) for column in zip(*map(normalised, sums.values()), strict=True)]
        return {
            word: normalised([x - m for x, m in zip(normalised(total), middle, strict=True)])
            for word, total in sums.items()
        }

    def _text_vector(self, bag: Iterable[tuple[str, float]]) -> Vector:
        total = [0.0] * DIMENSION
        for word, weight in bag:
            total = [so_far + weight * x for so_far, x in zip(total, self._words[word], strict=True)]
        return normalised(total)


# --- Milvus ----------------------------------------------------------------------------------------------------------
def create(client: MilvusClient) -> None:
    """Create a collection with two vectors for each text: one that the server makes of its words, and ours."""
    schema = client.create_schema(auto_id=True)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("name", DataType.VARCHAR, max_length=512)
    schema.add_field("text", DataType.VARCHAR, max_length=65_535, enable_analyzer=True)
    schema.add_field("by_words", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("by_meaning", DataType.FLOAT_VECTOR, dim=DIMENSION)
    schema.add_function(
        Function(name="bm25", function_type=FunctionType.BM25, input_field_names="text", output_field_names="by_words")
    )
    indexes = client.prepare_index_params()
    indexes.add_index("by_words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    indexes.add_index("by_meaning", index_type="HNSW", metric_type="COSINE", params={"M": 16, "efConstruction": 200})
    if client.has_collection(COLLECTION):
        client.drop_collection(COLLECTION)
    client.create_collection(COLLECTION, schema=schema, index_params=indexes)


def ask(client: MilvusClient, vectors: TextVectors, question: str) -> None:
    """Print what each kind of search finds."""
    vector = vectors.of(question)
    # "BM25" counts the words that question and text share; the server makes the question's sparse vector, too.
    parts = [
        AnnSearchRequest(data=[question], anns_field="by_words", param={"metric_type": "BM25"}, limit=20),
        AnnSearchRequest(data=[vector], anns_field="by_meaning", param={"metric_type": "COSINE"}, limit=20),
    ]
    print(f"\n{question}?")
    fields = ["name", "text"]
    started = time.perf_counter()
    found = client.search(COLLECTION, data=[question], anns_field="by_words", limit=3, output_fields=fields)
    show("by words (BM25)", found[0], started)
    started = time.perf_counter()
    found = client.search(COLLECTION, data=[vector], anns_field="by_meaning", limit=3, output_fields=fields)
    show("by meaning (dense)", found[0], started)
    started = time.perf_counter()
    found = client.hybrid_search(COLLECTION, parts, RRFRanker(), limit=3, output_fields=fields)
    show("by both (hybrid)", found[0], started)


def show(title: str, hits: Hits, started: float) -> None:
    """Print the hits of one search: the score that the server gave, the name, and how the docstring begins."""
    # BM25 scores are negative on Milvus Lite, where the lowest is the best; servers give them as positive numbers.
    print(f"  {title}, {(time.perf_counter() - started) * 1000:.0f} ms")
    for hit in hits:
        begin = hit["entity"]["text"].splitlines()[0]
        print(f"  {hit['distance']:10.4f}  {hit['entity']['name']}: {begin[:60]}")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print how long something took."""
    started = time.perf_counter()
    yield
    print(f"{title:<44}{time.perf_counter() - started:8.2f} s")


def main(uri: str, modules: Sequence[str]) -> None:
    """Index the texts, and ask the questions."""
    with step("read the docstrings of the standard library"):
        found = list(docstrings(modules))
    with step(f"learn the vectors of {len(found):,} texts"):
        vectors = TextVectors([f"{name} {text}" for name, text in found])
    rows = [
        {"name": name, "text": f"{text}\n{name}"[:16_000], "by_meaning": vector}
        for (name, text), vector in zip(found, vectors.texts, strict=True)
    ]
    with step(f"connect to {uri}"):
        client = MilvusClient(uri)
    with client:
        with step("create the collection and its indexes"):
            create(client)
        with step(f"insert {len(rows):,} rows"):
            for start in range(0, len(rows), BATCH):
                client.insert(COLLECTION, rows[start : start + BATCH])
        with step("flush and load"):
            client.flush(COLLECTION)
            client.load_collection(COLLECTION)
        with step(f"ask {len(QUESTIONS)} questions in three ways"):
            for question in QUESTIONS:
                ask(client, vectors, question)
            print()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri", nargs="?", default="./hello.db", help="server or file to use")
    parser.add_argument("--modules", nargs="+", metavar="NAME", default=(), help="only these modules and packages")
    arguments = parser.parse_args()
    main(arguments.uri, arguments.modules)
