"""What Discord accepts of a message, read off the payload that goes over the wire."""

from collections.abc import Iterator
from typing import Any

from bot.discord.render import Drawn

Component = dict[str, Any]
BUTTON, STRING_SELECT, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER, ROW = 2, 3, 10, 12, 13, 14, 17, 1
SELECTS = (3, 5, 6, 7, 8)


def components(drawn: Drawn) -> list[Component]:
    def below(given: list[Component]) -> Iterator[Component]:
        for each in given:
            yield each
            yield from below(each.get("components", []))

    return list(below(drawn.view.to_components()))  # type: ignore[no-untyped-call]


def texts(drawn: Drawn) -> list[str]:
    return [each["content"] for each in components(drawn) if each["type"] == TEXT]


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def assert_accepted(drawn: Drawn) -> None:
    """Limits: https://docs.discord.com/developers/components/reference, read 2026-11."""
    every = components(drawn)
    assert 1 <= len(every) <= 40
    assert all(text.strip() for text in texts(drawn))
    assert sum(units(text) for text in texts(drawn)) <= 4000
    ids = [each["custom_id"] for each in every if "custom_id" in each]
    assert len(ids) == len(set(ids))
    assert all(1 <= len(each) <= 100 for each in ids)
    for each in every:
        match each["type"]:
            case 1:
                kinds = [child["type"] for child in each["components"]]
                assert (kinds.count(BUTTON) == len(kinds) and 1 <= len(kinds) <= 5) or (
                    len(kinds) == 1 and kinds[0] in SELECTS
                )
            case 2:
                assert 1 <= units(each["label"]) <= 80
            case 3:
                assert_select(each)
            case 12:
                assert 1 <= len(each["items"]) <= 10
                assert all(units(item.get("description") or "") <= 1024 for item in each["items"])
            case 17:
                assert each["components"]
    assert_files(drawn, every)


def assert_select(menu: Component) -> None:
    options = menu["options"]
    assert 1 <= len(options) <= 25
    assert all(1 <= units(option["label"]) <= 100 and 1 <= units(option["value"]) <= 100 for option in options)
    assert len({option["value"] for option in options}) == len(options)
    assert units(menu.get("placeholder") or "") <= 150


def assert_files(drawn: Drawn, every: list[Component]) -> None:
    shown = [each["file"]["url"] for each in every if each["type"] == FILE]
    shown += [item["media"]["url"] for each in every if each["type"] == GALLERY for item in each["items"]]
    # what is attached and shown nowhere would stay invisible
    assert sorted(shown) == sorted(f"attachment://{file.filename}" for file in drawn.files)
    assert len(set(shown)) == len(shown)
    assert sum(len(file.fp.getvalue()) for file in drawn.files) <= 10 << 20  # type: ignore[attr-defined, misc]
