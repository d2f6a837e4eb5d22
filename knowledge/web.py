"""Words of the web page that are more than a label in a template."""

from __future__ import annotations

from typing import Annotated

from knowledge.entry import Entry, Text
from knowledge.words import Case, Plain, holding


class UploadWords(Entry):
    """Why a form is not taken."""

    broken: Plain
    too_many: Annotated[Text, holding("limit")]
    too_large: Annotated[Text, holding("limit")]
    too_long: Plain
    empty: Plain


class WebWords(Entry):
    """All of it."""

    upload: UploadWords
    statuses: dict[int, Plain]
    """What to say of an HTTP status where nothing better is known."""
    waiting: tuple[Plain, Annotated[Text, holding("ahead")], Annotated[Text, holding("ahead")]]
    """Being read; one case ahead; several."""
    kept: Annotated[Text, holding("time")]
    not_kept: Plain
    link: Case
    """Below a reply in a chat."""
    entrance: Annotated[Text, holding("address")]
    """Printed at the start."""
    page: Annotated[Text, holding("address")]
    sign_in: Plain
    used_up: Plain
    token: Plain
    token_name: Plain
    not_signed_in: Plain
    moderates_nothing: Plain
    for_operators: Plain
