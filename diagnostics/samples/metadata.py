"""The texts in a picture to how it was made, whichever program left them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from diagnostics.samples.comfyui import read_prompt, read_workflow
from diagnostics.samples.generation import Generation
from diagnostics.samples.invokeai import read_invokeai
from diagnostics.samples.webui import read_fooocus, read_swarm, read_webui

_READERS: dict[str, tuple[Callable[[str], Generation | None], ...]] = {
    # key of a text chunk or Exif field, in lower case
    "prompt": (read_prompt,),
    "workflow": (read_workflow,),
    "parameters": (read_webui, read_swarm, read_fooocus),
    "invokeai_metadata": (read_invokeai,),
    "sd-metadata": (read_invokeai,),
    "usercomment": (read_webui, read_swarm, read_fooocus),
}


def read_generation(texts: Mapping[str, str]) -> Generation | None:
    """Return how the picture with these texts was made; None where none of them is understood."""
    said = {key: value for name, text in texts.items() for key, value in _named(name.lower(), text)}
    # what ran says more than what was on the screen, and that more than nothing
    for key, readers in _READERS.items():
        for read in readers:
            if key in said and (found := read(said[key])) is not None:
                return found
    return None


def _named(name: str, text: str) -> list[tuple[str, str]]:
    """Return a text under its name, and under the name that it begins with itself, as in the Exif of WebP and JPEG."""
    start, colon, rest = text[:20].partition(":")
    own = start.strip().lower()
    if colon and own in ("prompt", "workflow") and rest.lstrip()[:1] in ("{", ""):
        return [(own, text[len(start) + 1 :].strip("\0 "))]
    return [(name, text)]
