"""How do I filter by what users type, without letting them write it? Values go through F, or through filter_params.

    python examples/user_filters.py
    python examples/user_filters.py --author Austen --since 1814
    python examples/user_filters.py --author 'x" or year > 0 or author == "x'    # finds nobody of that name

A filter that is put together from text lets a user write its end; here the last value would return all books.
"""

from __future__ import annotations

import argparse

from milvusclient import MilvusClient
from milvusclient.filters import F, Predicate, all_of

COLLECTION = "user_filters"
BOOKS = [
    ("Emma", "Austen", 1815), ("Persuasion", "Austen", 1817), ("Mansfield Park", "Austen", 1814),
    ("Middlemarch", "Eliot", 1871), ("Silas Marner", "Eliot", 1861), ("Ulysses", "Joyce", 1922),
]  # fmt: skip


def make_filter(author: str | None, since: int | None, words: list[str]) -> Predicate:
    """Return the condition for the fields of a form, of which any may be empty."""
    conditions = []
    if author:
        conditions.append(F.author == author)
    if since is not None:
        conditions.append(F.year >= since)
    conditions += [F.title.includes(word) for word in words]
    return all_of(*conditions)


def main() -> None:
    """Ask for books in three ways, of which the last one is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uri", default="./demo.db", help="server or file with the books")
    parser.add_argument("--author", help="name of the author")
    parser.add_argument("--since", type=int, help="first year")
    parser.add_argument("--word", action="append", default=[], help="part of the title; may be given several times")
    form = parser.parse_args()

    with MilvusClient(form.uri) as client:
        client.drop_collection(COLLECTION)
        client.create_collection(COLLECTION, dimension=2, consistency_level="Strong")
        client.insert(COLLECTION, [
            {"id": number, "vector": [float(number), 1.0], "title": title, "author": author, "year": year}
            for number, (title, author, year) in enumerate(BOOKS)
        ])  # fmt: skip

        def titles(condition: Predicate | str, **params: object) -> str:
            rows = client.query(COLLECTION, condition, output_fields=["title"], filter_params=params or None, limit=100)
            return ", ".join(sorted(row["title"] for row in rows)) or "nothing"

        condition = make_filter(form.author, form.since, form.word)
        print(f"filter:            {str(condition) or 'none'}")
        print(f"with F:            {titles(condition)}")
        if form.author:
            print(f"with a parameter:  {titles('author == {author}', author=form.author)}")
            wrong = f'author == "{form.author}"'
            print(f"never do this:     {titles(wrong)}")


if __name__ == "__main__":
    main()
