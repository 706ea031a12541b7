"""Texts, and vectors that follow from them alone: the same on every machine and in every run."""

import hashlib
import math

DIMENSION = 16
TEXTS = [
    "a desert planet and its spice",
    "a white whale and a captain",
    "love and marriage in the country",
    "a journey to the centre of the earth",
    "pride before love",
    "the sea is deep and the whale is white",
]


def embed(text: str) -> list[float]:
    """A vector of length 1: the sum of one direction for each word."""
    total = [0.0] * DIMENSION
    for word in text.lower().split():
        digest = hashlib.sha256(word.encode()).digest()
        total = [value + digest[index] / 255 - 0.5 for index, value in enumerate(total)]
    length = math.sqrt(sum(value * value for value in total)) or 1.0
    return [value / length for value in total]


class LangChainEmbeddings:
    """What LangChain asks of embeddings."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [embed(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return embed(text)

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.embed_documents(texts)

    async def aembed_query(self, text: str) -> list[float]:
        return embed(text)
