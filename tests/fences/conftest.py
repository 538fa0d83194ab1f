"""One Ambito for the fences of a module: many requests on few cases."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from service.actor import Actor
from service.app import create_app
from service.audit.log.operations import refused
from service.db import Database, engine_for
from service.installation import Urls
from tests.fences.scenes import Scene
from tests.world import World


@pytest.fixture(scope="module")
def house(new_database: Callable[[], Urls]) -> Iterator[World]:
    """An Ambito that the tests of a module share, alone in its database."""
    urls = new_database()
    database = Database[Actor](engine_for(urls.runtime), refused)
    yield World(create_app(database), urls)
    database.engine.dispose()


@pytest.fixture(scope="module")
def scenes(house: World) -> Callable[[str], Scene]:
    """A scene for each stage, for requests that change nothing."""
    return cache(lambda stage: Scene(house, stage))
