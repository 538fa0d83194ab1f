"""Files of definitions that people write: YAML read strictly, and whatever is wrong told with its line and its key."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import yaml

from service.texts import texts, words

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in a file: keys and places, from the top."""
UNREADABLE = (yaml.YAMLError, ValueError)
"""What reading raises; a ValueError for a day that no calendar has."""


class _Reader(yaml.SafeLoader):
    """YAML in which a key said twice is an error: the first value would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping. Raises ConstructorError at the second of two equal keys."""
        seen: set[Any] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} is there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read(text: str) -> Any:
    """The content of a file. Raises one of UNREADABLE."""
    reader = _Reader(text)
    try:
        return reader.get_single_data()
    finally:
        reader.dispose()


def broken(name: str, error: Exception) -> str:
    """What a file that can't be read says: `file:line: (the file): what`."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"{name}:{mark.line + 1 if mark else 1}: (the file): {problem or error}"


def told(name: str, text: str, wrong: Iterable[tuple[Path, str]]) -> str:
    """All that is wrong in a file that can be read, a line each: `file:line: key: what`."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return "\n".join(f"{name}:{_line(node, path)}: {_key(path)}: {message}" for path, message in wrong)


def flat(messages: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The errors of a marshmallow schema, each with its place and in words."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from flat(inner, path if key == "_schema" else (*path, key))
    else:
        listed = messages if isinstance(messages, list) else [messages]
        yield path, "; ".join(_in_words(str(message)) for message in listed)


def _in_words(message: str) -> str:
    code, *values = message.split(":")
    return words(code, tuple(values), "en") if code in texts() else message


def _line(node: Any, path: Path) -> int:
    """The line of the deepest part of the path that the file has."""
    line: int = node.start_mark.line + 1 if node else 1
    for step in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif found := [(key, value) for key, value in pairs if key.value == str(step)]:
            line, node = found[0][0].start_mark.line + 1, found[0][1]
            continue
        else:
            return line
        line = node.start_mark.line + 1
    return line


def _key(path: Path) -> str:
    return ".".join(str(step) for step in path) or "(the file)"
