#!/usr/bin/env python3
"""Pack one training run into a small zip for a support channel: `python3 lora_triage_collect.py RUN_DIR`.

It gathers the config, the logs, the loss history, a few sample pictures, and of the dataset only names, sizes, hashes
and captions, never a picture. It takes names of people, paths in their homes, tokens and addresses out, shows what it
would pack, and asks. Nothing is sent anywhere; nothing but the zip is written.

Python 3.9 or newer and nothing else: one file on purpose, so that it can be read before it is run, and handed on. What
it repeats from the project (how picture headers are read, what a secret looks like) is compared with it by tests.
"""

from __future__ import annotations

import argparse
import codecs
import getpass
import hashlib
import hmac
import importlib.metadata
import io
import json
import os
import re
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

MOST = 8_000_000
"""Bytes of the zip: under the limits of Discord (10 MB) and of every forum and chat that is in use for support."""
_KIB, _MIB = 1 << 10, 1 << 20
_LONGEST_CONFIG = 512 * _KIB
_LOG_PARTS = ((_MIB, 4 * _MIB), (256 * _KIB, _MIB))
"""Head and tail that are kept of the newest log, and of every other."""
_LEAST_LOG = 64 * _KIB
_MOST_CONFIGS, _MOST_LOGS, _MOST_HISTORIES, _MOST_SAMPLES = 12, 6, 4, 16
_LONGEST_SAMPLE, _ALL_SAMPLES = 1_500_000, 3_500_000
_LONGEST_HISTORY = 256 * _MIB
_MOST_VALUES = 40_000
"""Values of a loss history; a longer one is thinned evenly."""
_MOST_PICTURES = 5_000
_LONGEST_NAME = 500
_CAPTION_LENGTHS = (20_000, 1_000, 200)
_LONGEST_MANIFEST, _PACKED_MANIFEST = 7 * _MIB, 4_000_000
_LARGEST_PICTURE = 64 * _MIB
_LONGEST_LINE = 20_000
_MOST_FILES, _DEEPEST = 50_000, 8
_SNIFF = 64 * _KIB


@dataclass(frozen=True)
class _Shape:
    """What one kind of secret looks like in a line, and values of that shape that name nobody, divided by ``|``."""

    pattern: str
    keep: str = ""


_MASKED = re.compile(
    r"(?i)^(?:[*x•.…_\-=#?]{2,}|\*|0+|\$\{?[a-z_]+\}?|%[a-z_ ]+%|[<{\[(][^<>]{0,60}[>}\])]?|your[_\- ]"
    r"?(?:own[_\- ]?)?(?:user|name|api|hf|huggingface|wandb|access|token|key|password|secret|folder)[a"
    r"-z_\- ]*|null|none|nil|true|false|yes|no|unset|empty|hidden|redacted|masked|token|password|key|s"
    r"tr|string|optional\[.*)$"
)
_SHAPES = (
    _Shape(
        r"""(?i)https?://[^\s?"'<>]{3,1000}\?(?P<signed_query>[^\s"'<>]*(?:jwt|x-amz-[a-z\-]+|x-goog-[a-z\-]"""
        r"""+|signature|sig|hm|key-pair-id|policy|[a-z_]*token|[a-z_]*key|password|auth|code|sv)=[^\s"'<>]*)""",
    ),
    _Shape(
        r"\b(?P<hf_token>(?:hf|api_org)_[A-Za-z0-9]{20,100})\b",
    ),
    _Shape(
        r"(?i)(?:wandb|api[_ \-]?key|hit enter|password|weights & biases)[^\n/]{0,60}?[^0-9a-z/](?P<wandb_"
        r"key>[0-9a-f]{40})(?:[^0-9a-z]|$)",
    ),
    _Shape(
        r"^[ \t]*(?P<wandb_key>[0-9a-f]{40})[ \t\r]*$",
    ),
    _Shape(
        r"(?:^|[^A-Za-z0-9])(?P<aws_key>(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[A-Z0-9]{16})(?:[^A-Za-z0-9]|$)",
    ),
    _Shape(
        r"""(?i)aws_?(?:secret|session)[a-z_]{0,20}["']?[ \t]*[=:][ \t]*["']?(?P<aws_secret>[A-Za-z0-9/+=]{1"""
        r"6,1000})",
    ),
    _Shape(
        r"\b(?P<github_token>(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}))\b",
    ),
    _Shape(
        r"\b(?P<token>ltr_[A-Za-z0-9_\-]{32})",
    ),
    _Shape(
        r"(?:^|[^\w\-.])(?P<discord_token>(?:mfa\.[\w\-]{60,100}|[MNO][A-Za-z0-9_\-]{23,28}\.[A-Za-z0-9_\-"
        r"]{6}\.[A-Za-z0-9_\-]{27,45}))",
    ),
    _Shape(
        r"(?i)discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/(?P<webhook>\d{5,25}/[\w\-]{10,200})",
    ),
    _Shape(
        r"\b(?P<slack_token>(?:xox[abcdeoprs](?:\.xox[a-z])?-[A-Za-z0-9\-]{10,400}|xapp-\d-[A-Za-z0-9\-]{1"
        r"0,400}))",
    ),
    _Shape(
        r"(?i)hooks\.slack\.com/(?:services|workflows|triggers)/(?P<webhook>[\w/\-]{8,400})",
    ),
    _Shape(
        r"(?P<jwt>eyJ[A-Za-z0-9_\-]{2,1000}[A-Za-z0-9_\-]*\.eyJ[A-Za-z0-9_\-]*\.[A-Za-z0-9_\-]*)",
    ),
    _Shape(
        r"(?:^|[^A-Za-z0-9_\-])(?P<token>sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_\-]{20,300}|r8_[A-Za-z0-9]{"
        r"30,60}|rpa_[A-Z0-9]{30,80}|AIza[A-Za-z0-9_\-]{35}|ya29\.[A-Za-z0-9_\-]{20,500}|glpat-[A-Za-z0-9_"
        r"\-]{20,60}|pypi-[A-Za-z0-9_\-]{40,300}|\d{8,10}:AA[A-Za-z0-9_\-]{33})",
    ),
    _Shape(
        r"""(?i)\bauthorization["']?[ \t]*[:=][ \t]*["']?(?:bearer|basic|token)[ \t]+(?P<token>[^\s"']{4,100"""
        r"0})",
    ),
    _Shape(
        r"""[a-z][a-z0-9+.\-]{1,20}://(?P<login>[^\s/@"'<>:]{0,200}:[^\s/@"'<>]{1,300})@""",
    ),
    _Shape(
        r"(?i)(?:^|[^a-z0-9])(?:(?:hf|hugging_?face|hub|hf_hub|huggingface_?hub|access|auth|refresh|bearer"
        r"|secret|github|gh|git|discord|slack|bot|wandb|civitai|api|gradio_auth|session|login)[_\-]?token|"
        r"[a-z_]{0,30}(?:api|secret|private|license)[_\-]?key|(?:[a-z_]{0,30}_)?(?:password|passwd|passphr"
        r"""ase|client_secret)|[a-z_]{1,30}_auth|gradio-auth)\\?["']?[ \t]{0,3}(?:[=:]|=>)[ \t]{0,3}\\?["']?"""
        r"""(?P<secret>[^\s"',;\\<>{}()\[\]]{3,500})""",
        "all|auto|basic|oauth|write|read|global|enabled|disabled|!!null",
    ),
    _Shape(
        r"(?i)--?(?:(?:hf|huggingface|hub|access|auth|github|wandb|discord|slack|bot)[_\-]token|[a-z_\-]{0"
        r""",30}api[_\-]key|password|passwd)[ \t]+["']?(?P<secret>[^\s"'\-][^\s"']{2,500})""",
    ),
    _Shape(
        r"""(?i)\blogin\([ \t]*(?:token|key|password)?[ \t]*=?[ \t]*["'](?P<secret>[^\s"']{4,500})["']""",
    ),
    _Shape(
        r"""^[ \t]*(?:(?:token|key)[ \t]*=[ \t]*)?["'](?P<secret>[0-9a-f]{40}|[A-Za-z0-9_\-]{64,200})["'][ """
        r"\t]*,?[ \t]*\)?[ \t]*$",
    ),
    _Shape(
        r"""(?i:(?:[a-z]:|\b[a-z]\$|/mnt/[a-z]|^/[a-z]|[\s"'=]/[a-z])(?:\\{1,8}|/{1,2})(?:Users|Documents an"""
        r'd Settings)(?:\\{1,8}|/{1,2}))(?P<user>[^\\/:*?"<>|\s]{1,64}(?: [^\\/:*?"<>|\s=]{1,64}){0,3})(?:'
        r"[\\/])",
        "public|default|all users|default user|user|username|name|me|you|yourname|your name|your username|"
        "your_name|administrator|admin|owner|root|runneradmin|containeradministrator|xxx|用户名|用户",
    ),
    _Shape(
        r"(?i:(?:\b[a-z]:|/mnt/[a-z])(?:\\{1,8}|/{1,2})(?:Users|Documents and Settings)(?:\\{1,8}|/{1,2}))"
        r"""(?P<user>[^\\/:*?"'<>|\s,;)\]]{1,64})""",
        "public|default|all|user|username|name|me|you|yourname|your|your_name|administrator|admin|owner|root|"
        "runneradmin|containeradministrator|xxx|用户名|用户",
    ),
    _Shape(
        r"""(?:^|[^\w.\-/~]|file://)(?:/[\w.\-]{1,30}){0,4}/(?:home|Users)/(?P<user>[^\s/\\:"'<>|,;()\[\]{}="""
        r"]{1,64})",
        "user|username|users|name|me|you|yourname|your_name|your-name|root|ubuntu|debian|ec2-user|runner|"
        "jovyan|coder|vscode|node|app|docker|container|admin|shared|用户名|1000|1001|studio-lab-user|"
        "sagemaker-user|zeus|linuxbrew",
    ),
    _Shape(
        r"(?:^|[^\w.\-/])/(?:run/)?media/(?P<user>[a-z_][a-z0-9_.\-]{1,31})/[^\s/]",
        "cdrom|usb|data|storage|nas|disk|models|root|user|ubuntu",
    ),
    _Shape(
        r"""/Sessions/(?P<person>[^/\s"'<>:]{1,80})""",
    ),
    _Shape(
        r"""(?i:/MyDrive|/My Drive|/Shareddrives)/(?P<folder>[^/\s"'<>:]{1,80})""",
        "sessions|fast-dreambooth|ai|sd|lora|loras|lora_training|kohya|kohya_ss|dreambooth|stable-diffusion|"
        "stable_diffusion|dataset|datasets|models|model|output|outputs|train|training|images|img|config|"
        "configs|log|logs|colab|colab notebooks|notebooks|ai-toolkit|comfyui|checkpoints",
    ),
    _Shape(
        r"(?:^|[\s(])(?P<user>[a-z_][\w.\-]{0,31})@(?P<host>[A-Za-z0-9][\w.\-]{0,63}):(?:~|/)[^\n$#]{0,200"
        r"}[$#]",
        "root|user|ubuntu|git|localhost",
    ),
    _Shape(
        r"(?:^|\s)(?P<user>[a-z_][\w.\-]{0,31})@(?P<host>[A-Za-z0-9][\w.\-]{0,63}) [^\s%$#]{1,80} ?[%$#](?"
        r": |$)",
        "root|user|ubuntu|localhost",
    ),
    _Shape(
        r"\[(?P<user>[a-z_][\w.\-]{0,31})@(?P<host>[A-Za-z0-9][\w.\-]{0,63}) [^\]\n]{1,100}\][$#%]",
        "root|user|ubuntu|localhost",
    ),
    _Shape(
        r"(?:^|[^A-Z0-9\-])(?P<host>(?:DESKTOP|LAPTOP|WIN|MSI|PC)-[A-Z0-9]{6,15})(?:[^A-Za-z0-9]|$)",
    ),
    _Shape(
        r"""(?:^|[\s"'(;,=\[])(?:\\\\|\\\\\\\\|WindowsPath\('//|PosixPath\('//)(?P<host>[A-Za-z][\w\-]{2,62}"""
        r""")(?:[\\/]|$|[;'"\s])""",
        "wsl|wsl$|localhost|server",
    ),
    _Shape(
        r"""(?:^|[\s"'{,;(])(?:COMPUTERNAME|HOSTNAME|USERDOMAIN|LOGONSERVER|USERDOMAIN_ROAMINGPROFILE)["']?["""
        r""" \t]?[=:][ \t]?["']?\\{0,4}(?P<host>[\w.\-]{2,64})""",
        "localhost|workgroup",
    ),
    _Shape(
        r"""(?:^|[\s"'{,;(])(?:USERNAME|LOGNAME|USER|SUDO_USER)(?:=["']?|["'][:=] ?["'])(?P<user>[\w.\-]{2,6"""
        r"4})",
        "user|root|ubuntu|username|admin|name",
    ),
    _Shape(
        r"(?:\d[,:]? |\bAuthor: {1,9}|\bCommitter: {1,9}|\bFrom: {1,9}|\bby: ?)(?:[AP]M |at )?(?P<person>["
        r"^\W\d_][\w.'\-]{0,40}(?: [^\W\d_][\w.'\-]{0,40}){0,3}) <[^\s<>]{1,100}@",
    ),
    _Shape(
        r"(?:^|[^\w.%+\-@])(?P<email>[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,5}[A-Za-z]{2,24})"
        r"(?:[^\w@\-]|$)",
        "git@github.com|git@gitlab.com|git@hf.co|git@huggingface.co|git@bitbucket.org",
    ),
    _Shape(
        r"(?i)(?:^|[^.\w\-])(?:www\.|api\.)?wandb\.ai/(?P<user>[\w\-]{1,100})/[\w\-]",
        "site|docs|home|authorize|settings|login|quickstart|fully-connected",
    ),
    _Shape(
        r"(?i)\b(?P<share_link>[a-z0-9][a-z0-9\-]{0,100})(?:\.(?:eu|us|ap|au|sa|jp|in))?\.(?:gradio\.live|"
        r"gradio\.app|ngrok\.io|ngrok\.app|ngrok\.dev|ngrok-free\.app|ngrok-free\.dev|trycloudflare\.com|l"
        r"oca\.lt|localhost\.run|lhr\.life|serveo\.net|pinggy\.link|proxy\.runpod\.net|ts\.net|devtunnels"
        r"\.ms)\b",
        "www|api|docs|dashboard",
    ),
    _Shape(
        r"(?i)\b(?:chat\.openai\.com|chatgpt\.com|claude\.ai|gemini\.google\.com|g\.co/gemini|poe\.com|gro"
        r"k\.com)/(?:share|s)/(?P<chat>[\w\-]{4,200})",
    ),
    _Shape(
        r"(?:^|[^\d.\w])(?P<address>(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254|100\.(?:6[4"
        r"-9]|[7-9]\d|1[01]\d|12[0-7]))\.\d{1,3}\.\d{1,3}(?::\d{2,5})?)(?:[^\d.\w]|\.(?:\D|$)|$)",
    ),
    _Shape(
        r"(?:^|[^\d.\w])(?P<address>(?:[1-9]|1\d|2[0-9]|[3-9]\d|1[013-9]\d|12[0-689]|2[0-4]\d|25[0-5])(?:"
        r"\.\d{1,3}){3}:\d{2,5})(?:[^\d.\w]|$)",
    ),
    _Shape(
        r"(?i)(?:^|[^0-9a-f:.\w])(?P<address>f(?:e[89ab]|[cd][0-9a-f])[0-9a-f]:(?:[0-9a-f]{0,4}:){1,6}[0-9"
        r"a-f]{1,4})",
    ),
    _Shape(
        r"(?P<request_id>Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;[0-9a-f\-]{36})?)",
    ),
    _Shape(
        r"""(?i)\b(?:job|request|session|trace)[ _]?id["']?[:=]? ?\\?["']?(?P<job_id>[0-9a-f]{8}-[0-9a-f]{4}"""
        r"-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
    ),
    _Shape(
        r"\b(?:GPU|MIG)-(?P<gpu_id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
    ),
)


_MARKS_OF_SHAPES = (
    *"@ :// token key secret pass auth login hf_ api_org_ wandb akia asia aroa aida agpa anpa ghp_ gho_ ghu_ ghs_ ghr_"
    " ltr_ github_pat mfa. webhooks/ hooks.slack xox xapp- eyj sk- r8_ rpa_ aiza ya29. glpat- pypi- :aa home/ users/"
    " users\\ settings/ settings\\ media/ sessions/ mydrive shareddrives desktop- laptop- win- msi- pc- \\\\ path('//"
    " computername hostname userdomain logonserver username logname user= user' user\" gradio ngrok cloudflare loca.lt"
    " localhost.run lhr.life serveo pinggy runpod ts.net devtunnels /share/ /s/ root=1-".split(),
    "hit enter",
    "weights & biases",
    "my drive",
)
"""One quick look: text without any of these in small letters, and without `_ODD`, has none of the shapes."""
_ODD = re.compile(
    r"[0-9A-Fa-f]{40}|[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-|\b[MNO][\w-]{23,28}\.|[\"'][\w-]{40}"
    r"|\d\.\d{1,3}\.\d{1,3}\.\d|\b[Ff][EeCcDd][0-9A-Fa-f]{2}:"
)
_BLOCK = 2_000
_ENDS = re.compile(r"[\r\n]+")
_NOBODY = frozenset("root user users admin ubuntu debian runner jovyan coder node app docker default public".split())


class Redactor:
    """Replaces secrets and names of people by stable placeholders such as ``<user-3f2a91>``."""

    def __init__(self, people: Collection[str] = (), hosts: Collection[str] = ()) -> None:
        self._key = secrets.token_bytes(16)
        self._shapes = [(_compiled(shape.pattern), frozenset(shape.keep.split("|"))) for shape in _SHAPES]
        self._found: set[str] = set()
        self._own: list[tuple[str, re.Pattern[str]]] = []
        for name in sorted({each for each in people if len(each) > 1} - _NOBODY):
            # a user may be called as the person who is trained: only where it is part of a path or an address
            self._own.append(
                ("user", re.compile(rf"(?i)(?<=[\\/~@])({re.escape(name)})(?![\w-])|\b({re.escape(name)})(?=@)"))
            )
        for name in sorted({each for each in hosts if len(each) > 3 and not each.startswith("localhost")}):
            self._own.append(("host", re.compile(rf"(?i)(?<![\w-])({re.escape(name)})(?![\w-])")))
        self._marks = (*_MARKS_OF_SHAPES, *(name.lower() for name in (*people, *hosts) if len(name) > 1))

    def text(self, text: str) -> str:
        """Redact text line by line, as line feeds and carriage returns end them; their number stays."""
        pieces: list[str] = []
        start = 0
        while start < len(text):
            end = _ENDS.search(text, start + _BLOCK)
            stop = end.end() if end else len(text)
            block = text[start:stop]
            pieces.append(self._lines(block) if self._may_hold(block) else block)
            start = stop
        return "".join(pieces)

    @property
    def counts(self) -> Counter[str]:
        """How many different values of each kind were replaced."""
        return Counter(each[1:-8].replace("-", " ") for each in self._found)

    def _lines(self, block: str) -> str:
        pieces: list[str] = []
        done = 0
        for end in _ENDS.finditer(block):
            pieces += (self.line(block[done : end.start()]), end[0])
            done = end.end()
        return "".join((*pieces, self.line(block[done:])))

    def _may_hold(self, text: str) -> bool:
        low = text.lower()
        return any(mark in low for mark in self._marks) or _ODD.search(text) is not None

    def name(self, path: str) -> str:
        """Redact the name of a file, which may be the end of a path."""
        return self.line("/" + self.line(path))[1:]

    def line(self, line: str) -> str:
        """Redact one line."""
        if len(line) > _LONGEST_LINE:
            cut = line.rfind(" ", 1, _LONGEST_LINE) + 1 or _LONGEST_LINE
            return "".join(self.line(part) for part in (line[:cut], line[cut:])) if cut < len(line) else line
        if not self._may_hold(line):
            return line
        for kind, pattern in self._own:
            line = pattern.sub(lambda match, kind=kind: self._stands_for(kind, match[0]), line)  # type: ignore[misc]
        for shape, keep in self._shapes:
            line = self._apply(shape, keep, line)
        return line

    def _apply(self, shape: re.Pattern[str], keep: frozenset[str], line: str) -> str:
        at = 0
        while (match := shape.search(line, at)) is not None:
            at = max(match.end(), match.start() + 1)
            for name, value in sorted(match.groupdict().items(), key=lambda item: -match.start(item[0])):
                if not value or value.lower() in keep or _MASKED.search(value):
                    continue
                stands = self._stands_for(name.replace("_", "-"), value)
                line = line[: match.start(name)] + stands + line[match.end(name) :]
                # what ended this value may begin the next: read on from the placeholder's end
                at = match.start(name) + len(stands)
        return line

    def _stands_for(self, kind: str, value: str) -> str:
        mark = hmac.new(self._key, f"{kind}\0{value}".encode("utf-8", "replace"), "sha256").hexdigest()
        stands = f"<{kind}-{mark[:6]}>"
        self._found.add(stands)
        return stands

    def would_change(self, text: str) -> bool:
        """Tell whether there is anything to redact in a text that is not going to be used."""
        before = set(self._found)
        changed = self.text(text) != text
        self._found = before
        return changed


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, 0 if r"[^\W" in pattern else re.ASCII)


def own_redactor() -> Redactor:
    """Return a redactor that knows the names of this account and this machine, too."""
    people, hosts = {Path.home().name}, {socket.gethostname(), socket.gethostname().partition(".")[0]}
    with suppress(Exception):  # no password database, no variable: there is no name to give away
        people.add(getpass.getuser())
    return Redactor(people, hosts)


# Pictures: what their headers say. The same as diagnostics/pictures/header.py, which the tests compare it with.

_ENDINGS = {"png": (".png", ".apng"), "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"), "webp": (".webp",)}
_PICTURES = frozenset(".png .jpg .jpeg .webp .bmp .gif .avif .heic .heif .tif .tiff .svg .jxl".split())
_CAPTIONS = (".txt", ".caption")
_MAGICS = (
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"8BPS", "psd"),
    (b"\x00\x00\x00\x0cJXL ", "jxl"),
    (b"\xff\x0a", "jxl"),
)
_BLANK = b"\xef\xbb\xbf \t\r\n"
_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<error", b"{", b"version https://git-lfs.")
"""How what lies in the place of a picture begins where fetching it failed."""
_BRANDS = {b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"heif": "heic", b"mif1": "heic"}
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_LONGEST_EXIF = 1 << 16
_MOST_PARTS = 10_000
_ZEROS = 1024


def picture_kind(head: bytes) -> str | None:
    """Return what picture begins with `head`, None for what is no picture."""
    if head.startswith(b"\x89PNG"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    text = head[:1024].lstrip(_BLANK).lower()
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in text):
        return "svg"
    return next((kind for magic, kind in _MAGICS if head.startswith(magic)), None)


def picture_header(file: BinaryIO, size: int) -> dict[str, Any] | None:
    """Return the header of a picture of `size` bytes as the manifest states it, None where there is none to read."""
    file.seek(0)
    read = {"png": _png, "jpeg": _jpeg, "webp": _webp}.get(picture_kind(file.read(16)) or "")
    try:
        found = read(file, size) if read else None
    except (struct.error, IndexError, OverflowError):
        return None
    if not found or not found["width"] or not found["height"]:
        return None
    if not 1 <= found["orientation"] <= 8:
        found["orientation"] = 1
    return found


def _header(kind: str) -> dict[str, Any]:
    start = {"kind": kind, "width": 0, "height": 0, "bits": 8, "channels": 3}
    return {**start, "animated": False, "orientation": 1, "complete": True}


def _png(file: BinaryIO, size: int) -> dict[str, Any]:
    found = {**_header("png"), "complete": False}
    for name, start, length in _png_chunks(file):
        if name == b"IHDR":
            file.seek(start)
            found["width"], found["height"], found["bits"], colour = struct.unpack(">IIBB", file.read(10))
            found["channels"] = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 3)
        elif name == b"acTL":
            found["animated"] = True
        elif name == b"eXIf":
            file.seek(start)
            found["orientation"] = _orientation(file.read(min(length, _LONGEST_EXIF)))
        elif name == b"IEND":
            found["complete"] = start + length + 4 <= size
            break
    return found


def _png_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    at = 8
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        length, name = struct.unpack(">I4s", head)
        yield name, at + 8, length
        at += 12 + length


def _jpeg(file: BinaryIO, size: int) -> dict[str, Any]:
    found = _header("jpeg")
    for marker, start, length in _jpeg_segments(file):
        file.seek(start)
        if marker in _FRAMES:
            found["bits"], found["height"], found["width"], found["channels"] = struct.unpack(">BHHB", file.read(6))
        elif marker == 0xE1:
            data = file.read(min(max(length, 0), _LONGEST_EXIF))
            if data.startswith(b"Exif\0\0"):
                found["orientation"] = _orientation(data[6:])
    file.seek(max(size - (1 << 16), 0))
    tail = file.read(1 << 16)
    found["complete"] = b"\xff\xd9" in tail and (tail.rstrip(b"\0").endswith(b"\xff\xd9") or not _fades(tail))
    return found


def _jpeg_segments(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    at = 2
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return
        if head[1] == 0xFF:
            at += 1
            continue
        length = struct.unpack(">H", head[2:])[0]
        yield head[1], at + 4, length - 2
        if head[1] == 0xDA:
            return
        at += 2 + length


def _webp(file: BinaryIO, size: int) -> dict[str, Any]:
    found = _header("webp")
    file.seek(4)
    end = struct.unpack("<I", file.read(4))[0] + 8
    file.seek(max(min(end, size) - _ZEROS, 0))
    found["complete"] = end <= size and not _fades(file.read(_ZEROS))
    for name, start, length in _riff_chunks(file):
        file.seek(start)
        data = file.read(min(length, _LONGEST_EXIF if name == b"EXIF" else 10))
        if name == b"VP8X":
            found["animated"], found["channels"] = bool(data[0] & 2), 4 if data[0] & 16 else 3
            found["width"] = 1 + int.from_bytes(data[4:7], "little")
            found["height"] = 1 + int.from_bytes(data[7:10], "little")
        elif name == b"VP8 " and not found["width"]:
            found["width"], found["height"] = (value & 0x3FFF for value in struct.unpack("<HH", data[6:10]))
        elif name == b"VP8L" and not found["width"]:
            packed = int.from_bytes(data[1:5], "little")
            found["width"], found["height"] = 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
            found["channels"] = 4 if packed >> 28 & 1 else 3
        elif name == b"EXIF":
            found["orientation"] = _orientation(data[6:] if data.startswith(b"Exif\0\0") else data)
    return found


def _fades(tail: bytes) -> bool:
    """Tell a file that ends in nothing but zeros, as an interrupted download leaves it."""
    return len(tail) >= _ZEROS and not any(tail[-_ZEROS:])


def _riff_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    at = 12
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        yield name, at + 8, length
        at += 8 + length + (length & 1)


def _orientation(exif: bytes) -> int:
    """Return tag 0x0112 of Exif data, 1 where it is not there; the last one counts."""
    found = 1
    with suppress(struct.error):
        order = "<" if exif[:2] == b"II" else ">"
        start = struct.unpack(order + "I", exif[4:8])[0]
        count = struct.unpack(order + "H", exif[start : start + 2])[0]
        for number in range(min(count, 200)):
            at = start + 2 + 12 * number
            if len(exif[at : at + 12]) < 12:
                break
            tag, kind, values = struct.unpack(order + "HHI", exif[at : at + 8])
            if tag == 0x0112 and kind == 3 and values == 1:
                found = struct.unpack(order + "H", exif[at + 8 : at + 10])[0]
    return found


def without_people(data: bytes, redactor: Redactor) -> bytes | None:
    """Return a sample picture whose written metadata names nobody; None where that cannot be had."""
    kind = picture_kind(data[:1024])
    if kind == "png":
        return _png_without(data, redactor)
    if kind not in ("jpeg", "webp"):
        return None
    parts = _jpeg_segments(io.BytesIO(data)) if kind == "jpeg" else _riff_chunks(io.BytesIO(data))
    written: tuple[Any, ...] = (0xE1, 0xED, 0xFE) if kind == "jpeg" else (b"EXIF", b"XMP ")
    for name, start, length in parts:
        if name in written and _names_somebody(data[start : start + max(length, 0)], redactor):
            return None
    return data


def _png_without(data: bytes, redactor: Redactor) -> bytes | None:
    pieces = [data[:8]]
    for name, start, length in _png_chunks(io.BytesIO(data)):
        body = data[start : start + length]
        if name == b"tEXt":
            text = body.decode("latin-1")
            clean = redactor.text(text).encode("latin-1", "replace")
            pieces.append(struct.pack(">I4s", len(clean), name) + clean + struct.pack(">I", zlib.crc32(name + clean)))
            continue
        if name in (b"iTXt", b"zTXt", b"eXIf") and _names_somebody(_unpacked(name, body), redactor):
            continue
        pieces.append(data[start - 8 : start + length + 4])
    return b"".join(pieces)


def _unpacked(name: bytes, body: bytes) -> bytes | None:
    """Return what a chunk of metadata says; None where it is packed too well to tell."""
    if name == b"eXIf":
        return body
    keyword, _, rest = body.partition(b"\0")
    packed = rest[1:]
    if name == b"iTXt":
        language, _, after = rest[2:].partition(b"\0")
        translated, _, packed = after.partition(b"\0")
        keyword += b" " + language + b" " + translated
        if rest[:1] == b"\0":
            return keyword + b" " + packed
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(packed, 4 * _MIB)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail else keyword + b" " + text


def _names_somebody(data: bytes | None, redactor: Redactor) -> bool:
    if data is None:
        return True
    text = data.replace(b"\0", b"").decode("utf-8", "replace")
    return redactor.would_change(text)


# What lies where: walking folders, telling text, configs, logs and histories.

_NOT_ENTERED = frozenset(
    "site-packages node_modules __pycache__ venv env cache _latent_cache latent_cache python_embeded".split()
)
_SAMPLE_FOLDERS = frozenset("samples sample validation_images sample_images".split())
"""Where trainers put the pictures they make."""
_DIVIDED = frozenset("samples sample outputs generated good bad".split())
"""Folders that are no dataset unless the config says so: the same as in diagnostics/dataset/members.py."""
_REPEATS_FOLDER = re.compile(r"\d{1,4}_.+")
_CONFIG_ENDINGS = (".yaml", ".yml", ".toml", ".json", ".jsonc", ".sh", ".bat", ".ps1", ".cmd")
_LOG_ENDINGS = (".log", ".out", ".err", ".txt", ".stdout", ".stderr")
_NEVER_READ = frozenset(
    ".safetensors .pt .pth .ckpt .pkl .bin .npz .npy .gguf .onnx .mp4 .mov .mkv .7z .rar .gz".split()
)
_BOOKS = ("checkpoint-", "global_step", "epoch")
"""How folders of saved training states begin: their files describe the model, not the run."""

_FOLDER_KEYS = (
    "folder_path dataset_path train_data_dir image_dir image_directory instance_data_dir dataset_base_path"
).split()
_REFERENCES = "dataset_config concept_file_name data_backend_config dataset config_file".split()
_OUTPUTS = "logging_dir log_dir workspace_dir output_dir output_path".split()
_MARKS = frozenset(
    """
    noise_scheduler max_step_saves_to_keep folder_path name_or_path linear_alpha training_folder network_module
    network_dim network_alpha train_data_dir train_batch_size pretrained_model_name_or_path max_train_epochs
    max_train_steps unet_lr text_encoder_lr network_args dataset_config optimizer_type lr_warmup_steps cache_latents
    save_every_n_epochs network_train_unet_only min_snr_gamma gradient_accumulation_steps mixed_precision lora_type
    max_resolution additional_parameters bucket_no_upscale save_precision caption_extension no_half_vae enable_bucket
    learning_rate lr_scheduler training_method base_model_name concept_file_name learning_rate_scheduler
    output_model_destination lora_rank lora_alpha micro_batch_size_per_gpu pipeline_stages output_dir transformer_dtype
    save_every_n_steps model_family data_backend_config base_model_precision model_flavour checkpoint_step_interval
    validation_step_interval instance_data_dir instance_prompt validation_prompt checkpointing_steps class_data_dir
    num_train_epochs dataset_base_path dataset_metadata_path model_id_with_origin_paths lora_base_model
    lora_target_modules data_file_keys dataset_repeat image_dir num_repeats image_directory class_tokens keep_tokens
    include_subdirectories balancing prompt_source image_variations caption_strategy dataset_type crop_aspect
    enable_ar_bucket num_ar_buckets ar_buckets cache_directory control_directory batch_size optimizer
    gradient_checkpointing resolution caption_ext caption_dropout_rate
    """.split()
)
"""Settings that only configs of trainers name; two of them make a config."""
_KEY = re.compile(r"""(?:^|[\s{,(])["']?(?:--)?([A-Za-z_]\w{1,50})["']?[ \t]{0,4}(?=[:= \t]|$)""", re.MULTILINE)
_LOG_MARKS = re.compile(
    r"Traceback \(most recent call last\)|\d%\||it/s\]|s/it[,\]]|\b(?:INFO|WARNING|ERROR|DEBUG)\b|# Running job: "
    r"|out of memory|CUDA error|caching latents|running training|steps: \d+ loss: |create LoRA|[Ee]poch \d+/\d+"
    r"|^[A-Za-z_.]{1,60}(?:Error|Exception): ",
    re.MULTILINE,
)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Found:
    """A file of the run: where it lies, what it is called in the zip, its size in bytes and when it was written."""

    path: Path
    name: str
    size: int
    time: float


@dataclass
class Scope:
    """What looking around brought up besides files: what was passed over, and why."""

    left_out: list[str] = field(default_factory=list)
    links: int = 0
    unreadable: list[str] = field(default_factory=list)


def walk(root: Path, prefix: str, scope: Scope, deepest: int = _DEEPEST) -> Iterator[Found]:
    """Yield the files under `root`, the names of each folder in order; follows no link, opens nothing hidden."""
    count = 0

    def refused(error: OSError) -> None:
        scope.unreadable.append(Path(error.filename or root).name)

    for parent, folders, files in os.walk(root, onerror=refused, followlinks=False):
        here = Path(parent)
        depth = len(here.relative_to(root).parts)
        scope.links += sum((here / name).is_symlink() for name in folders)
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n.lower() not in _NOT_ENTERED)
        if depth >= deepest:
            folders[:] = []
        for name in sorted(files):
            path = here / name
            if path.is_symlink():
                scope.links += 1
                continue
            count += 1
            if count > _MOST_FILES:
                scope.left_out.append(f"{root.name}: holds more than {_MOST_FILES} files; the rest was not looked at")
                return
            with suppress(OSError):
                state = path.stat()
                if not name.startswith(".") and path.is_file():
                    inside = path.relative_to(root).as_posix()
                    yield Found(path, f"{prefix}/{inside}" if prefix else inside, state.st_size, state.st_mtime)


def read_part(path: Path, start: int, count: int) -> bytes:
    """Return up to `count` bytes of a file from `start` on; raises OSError."""
    with path.open("rb") as file:
        file.seek(start)
        return file.read(count)


def encoding_of(head: bytes) -> str | None:
    """Return how the text that begins with `head` is written; None where it is no text."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    for high, low, name in ((head[1::2], head[0::2], "utf-16-le"), (head[0::2], head[1::2], "utf-16-be")):
        if len(head) >= 4 and high.count(0) > 0.4 * len(high) and _controls(low) <= 0.1 * len(low):
            return name
    if _controls(head) > 0.1 * max(len(head), 1):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        return "utf-8" if any(byte >= 0x80 for byte in head[: error.start]) else "cp1252"
    return "utf-8"


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, bytes(set(range(0x20)) - set(b"\t\n\r\x0c\x1b\x08"))))


def read_text(path: Path, most: int) -> str | None:
    """Return a text file of up to `most` bytes; None for a longer one and for what is no text. Raises OSError."""
    data = read_part(path, 0, most + 1)
    encoding = encoding_of(data[:_SNIFF])
    if len(data) > most or encoding is None:
        return None
    return data.decode(encoding, "replace").replace("\0", "")


def looks_like_config(text: str) -> bool:
    """Tell a config of a trainer, or a script that starts one, by the settings that it names."""
    return len({key for key in _KEY.findall(text[: 4 * _SNIFF]) if key.lower() in _MARKS}) >= 2


# The dataset: which folders are one, and what is said of each file in them.


@dataclass(frozen=True)
class Picture:
    """A picture of the dataset as the manifest lists it."""

    found: Found
    sha256: str = ""
    header: dict[str, Any] | None = None
    kind: str | None = None
    readable: bool = True
    caption: str | None = None


@dataclass
class Dataset:
    """The dataset of the run: its pictures, and what else lies among them."""

    pictures: list[Picture] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    folders: set[Path] = field(default_factory=set)


def find_dataset(files: Sequence[Found], references: References, scope: Scope, show: Callable[[str], None]) -> Dataset:
    """Find the dataset among `files` by the rule of the diagnosis, and read captions and headers of its pictures.

    A folder is one where a picture has a caption, where it is named ``<repeats>_<name>``, or where the config calls it
    so; one named like samples only where the config means this very folder.
    """
    by_folder: dict[str, list[Found]] = {}
    for file in files:
        by_folder.setdefault(str(PurePosixPath(file.name).parent), []).append(file)
    dataset = Dataset()
    for folder, members in by_folder.items():
        images = [file for file in members if _is_picture(file, members)]
        name = PurePosixPath(folder).name
        if not images or (name.lower() in _DIVIDED and images[0].path.parent not in references.folders):
            continue
        captions = {_stem(file.name): file for file in members if _is_caption(file)}
        named = bool(_REPEATS_FOLDER.fullmatch(name)) or name in references.called
        if not named and not any(_stem(image.name) in captions for image in images):
            continue
        dataset.folders.add(images[0].path.parent)
        pictured = {_stem(image.name) for image in images}
        for number, image in enumerate(images):
            if len(dataset.pictures) >= _MOST_PICTURES:
                scope.left_out.append(f"{folder}: {len(images) - number} pictures; {_MOST_PICTURES} are listed at most")
                break
            show(f"Reading the dataset: {len(dataset.pictures) + 1} pictures")
            dataset.pictures.append(_described(image, captions.get(_stem(image.name)), scope))
        if folder == ".":
            continue
        for file in members:
            if file.name.lower().endswith(_CAPTIONS):
                if _stem(file.name) not in pictured:
                    dataset.orphans.append(file.name)
            elif file not in images:
                dataset.extras.append(file.name)
    return dataset


def _is_picture(file: Found, beside: Sequence[Found]) -> bool:
    """Tell a picture by its first bytes, and a broken one by its name."""
    suffix = file.path.suffix.lower()
    if suffix in _NEVER_READ or (
        suffix not in _PICTURES and not any(f.path.suffix.lower() in _PICTURES for f in beside)
    ):
        return False
    try:
        head = read_part(file.path, 0, _SNIFF)
    except OSError:
        return suffix in _PICTURES
    broken = not head or encoding_of(head) is None or head[:1024].lstrip(_BLANK).lower().startswith(_PAGES)
    return picture_kind(head) is not None or (suffix in _PICTURES and broken)


def _is_caption(file: Found) -> bool:
    """Tell a caption; one may be empty."""
    if not file.name.lower().endswith(_CAPTIONS) or file.size > _MIB:
        return False
    with suppress(OSError):
        return encoding_of(read_part(file.path, 0, _SNIFF)) is not None
    return False


def _described(image: Found, caption: Found | None, scope: Scope) -> Picture:
    text = None
    if caption is not None:
        with suppress(OSError):
            text = (read_text(caption.path, _MIB) or "").strip()
    if image.size > _LARGEST_PICTURE:
        scope.left_out.append(f"{image.name}: its hash, as it has {image.size // _MIB} MB")
    try:
        digest = hashlib.sha256()
        with image.path.open("rb") as file:
            head = file.read(_SNIFF)
            header = picture_header(file, image.size)
            file.seek(0)
            while image.size <= _LARGEST_PICTURE and (chunk := file.read(_MIB)):
                digest.update(chunk)
    except OSError:
        scope.unreadable.append(image.name)
        return Picture(image, readable=False, caption=text)
    kind = picture_kind(head)
    other = kind if header is None and kind not in _ENDINGS else None
    return Picture(image, digest.hexdigest() if image.size <= _LARGEST_PICTURE else "", header, other, True, text)


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))


# The config: what it says of folders and of other files.


@dataclass
class References:
    """What the configs point at: dataset folders that are there and that are not, further configs, outputs."""

    folders: list[Path] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    configs: list[Path] = field(default_factory=list)
    outputs: list[Path] = field(default_factory=list)


_POINTS = re.compile(
    rf"""(?<![\w.-])["']?(?P<flag>--)?(?P<key>{"|".join((*_FOLDER_KEYS, *_REFERENCES, *_OUTPUTS, "path"))})["']?"""
    r"""[ \t]*(?P<sign>[:=]|[ \t])[ \t]*(?:"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>[^'\n]*)'"""
    r"""|(?P<bare>[^\s"'#,\[\]{}][^\n#,\]}]*))"""
)
_LISTS_PATHS = re.compile(r'"include_subdirectories"|"balancing"|\[\[directory\]\]')
"""Files in which the bare word ``path`` is a dataset folder: OneTrainer's concepts, diffusion-pipe's datasets."""


def read_references(text: str, bases: Sequence[Path], found: References) -> None:
    """Add to `found` what a config points at; relative paths are looked for from each of `bases`."""
    lists_paths = _LISTS_PATHS.search(text) is not None
    for match in _POINTS.finditer(text):
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        key, value = match["key"], _value(match)
        said = match["flag"] or match["sign"] in (":", "=")
        if not said or "#" in before or not value or "$" in value or len(value) > 1_000:
            continue
        if key == "path" and not lists_paths:
            continue
        path = _resolved(value, bases)
        if key in _FOLDER_KEYS or key == "path":
            found.called.add(PurePosixPath(value.replace("\\", "/")).name)
            if path is None and value not in found.missing:
                found.missing.append(value)
            elif path is not None and path.is_dir() and path not in found.folders:
                found.folders.append(path)
        elif path is not None and key in _REFERENCES and path.is_file() and path not in found.configs:
            found.configs.append(path)
        elif path is not None and key in _OUTPUTS and path.is_dir() and path not in found.outputs:
            found.outputs.append(path)
    found.called.discard("")


def _value(match: re.Match[str]) -> str:
    if match["double"] is not None:
        return match["double"].replace("\\\\", "\\").strip()
    if match["single"] is not None:
        return match["single"].strip()
    bare = match["bare"].strip()
    return bare.split()[0] if match["flag"] else bare.rstrip("\\ ")


def _resolved(value: str, bases: Sequence[Path]) -> Path | None:
    with suppress(OSError, ValueError, RuntimeError):
        path = Path(value).expanduser()
        for candidate in (path,) if path.is_absolute() else [base / path for base in bases]:
            if candidate.exists():
                return candidate.resolve()
    return None


# The machine: what it has and which versions are installed. Nothing is imported or run but nvidia-smi.

_ENVIRONMENTS = "venv .venv env python_embeded python_embedded conda_env".split()
_PACKAGES = (
    "torch diffusers transformers accelerate peft bitsandbytes safetensors xformers optimum-quanto deepspeed triton"
    " flash-attn prodigyopt lycoris-lora simpletuner diffsynth musubi-tuner numpy"
).split()
_TRAINERS = (
    ("ai-toolkit", "toolkit/config_modules.py"),
    ("kohya_ss", "kohya_gui.py"),
    ("sd-scripts", "library/train_util.py"),
    ("musubi-tuner", "src/musubi_tuner"),
    ("OneTrainer", "modules/util/config/TrainConfig.py"),
    ("diffusion-pipe", "utils/dataset.py"),
    ("SimpleTuner", "simpletuner/__init__.py"),
    ("DiffSynth-Studio", "diffsynth/__init__.py"),
    ("diffusers", "src/diffusers/__init__.py"),
)
_VERSION = re.compile(r"""(?im)^(?:__)?version(?:__)?\s*=\s*["']([\w.+-]{1,40})["']""")
_GIB = 1 << 30


@dataclass(frozen=True)
class Machine:
    """What the run had. Sizes in GiB; None where it cannot be told."""

    gpu: str | None = None
    vram_gib: float | None = None
    driver: str | None = None
    ram_gib: float | None = None
    torch: str | None = None
    python: str | None = None
    trainer_version: str | None = None
    packages: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """One line for people."""
        said = [
            self.gpu and f"{self.gpu}" + (f", {self.vram_gib:g} GB" if self.vram_gib else ""),
            self.driver and f"driver {self.driver}",
            self.ram_gib and f"{self.ram_gib:g} GB of RAM",
            self.torch and f"torch {self.torch}",
            self.python and f"Python {self.python}",
            self.trainer_version,
        ]
        return "; ".join(part for part in said if part) or "nothing could be found out"


def trainer_homes(bases: Iterable[Path]) -> list[tuple[str, Path]]:
    """Return the trainers whose program folders are, hold or stand beside one of `bases`, nearest first."""
    found: list[tuple[str, Path]] = []
    for base in bases:
        for folder in (base, *list(base.parents)[:4]):
            for name, mark in _TRAINERS:
                for home in (folder, folder / name):
                    with suppress(OSError):
                        if (home / mark).exists() and home not in [each for _, each in found]:
                            found.append((name, home))
    return found


def read_machine(homes: Sequence[tuple[str, Path]], bases: Iterable[Path]) -> Machine:
    """Return what can be told of this machine without importing anything of the trainer's."""
    gpu, vram, driver = _gpu()
    packages: dict[str, str] = {}
    python = None
    for site in _sites([home for _, home in homes], bases):
        packages = _installed(site)
        if "torch" in packages:
            python = _python_of(site)
            break
    version = _trainer_version(*homes[0]) if homes else None
    for name in ("simpletuner", "diffsynth", "musubi-tuner", "diffusers") if version is None else ():
        if name in packages:
            version = f"{name} {packages[name]}"
            break
    return Machine(gpu, vram, driver, _ram(), packages.get("torch"), python, version, packages)


def _gpu() -> tuple[str | None, float | None, str | None]:
    program = shutil.which("nvidia-smi") or shutil.which(r"C:\Windows\System32\nvidia-smi.exe")
    if program:
        query = [program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
        with suppress(OSError, subprocess.SubprocessError, ValueError):
            said = subprocess.run(query, capture_output=True, timeout=20, check=True).stdout  # noqa: S603
            lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.count(",") >= 2]
            name, memory, driver = (part.strip() for part in lines[0].rsplit(",", 2)) if lines else ("", "", "")
            more = f" (one of {len(lines)})" if len(lines) > 1 else ""
            size = round(float(memory) / 1024, 1) if _DIGITS.fullmatch(memory) else None
            return (name + more)[:200] or None, size, driver[:200] or None
    with suppress(OSError, ValueError):
        for card in sorted(Path("/sys/class/drm").glob("card?/device/mem_info_vram_total")):
            return "an AMD GPU", round(int(card.read_text()) / _GIB, 1), None
    return None, None, None


def _ram() -> float | None:
    with suppress(AttributeError, ValueError, OSError):
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB, 1)
    with suppress(Exception):  # ctypes may be missing, and anything may go wrong in it
        import ctypes

        class Status(ctypes.Structure):
            _fields_ = (
                ("length", ctypes.c_ulong),
                ("load", ctypes.c_ulong),
                ("total", ctypes.c_ulonglong),
                ("others", ctypes.c_ulonglong * 6),
            )

        status = Status(length=ctypes.sizeof(Status))
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined,unused-ignore]
        return round(float(status.total) / _GIB, 1)
    return None


def _sites(homes: Sequence[Path], bases: Iterable[Path]) -> Iterator[Path]:
    """Yield the folders of installed packages, those of the trainer's own environment first."""
    places = [folder for base in (*homes, *bases) for folder in (base, *list(base.parents)[:3])]
    prefixes = [place / name for place in places for name in _ENVIRONMENTS]
    prefixes += [Path(os.environ[name]) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if os.environ.get(name)]
    seen: set[Path] = set()
    for prefix in prefixes:
        found = []
        with suppress(OSError):
            found = [*sorted(prefix.glob("lib/python*/site-packages"), reverse=True), prefix / "Lib" / "site-packages"]
        for site in found:
            if site.is_dir() and site not in seen:
                seen.add(site)
                yield site
    for entry in sys.path:
        if entry.endswith(("site-packages", "dist-packages")) and Path(entry) not in seen:
            yield Path(entry)


def _installed(site: Path) -> dict[str, str]:
    versions: dict[str, str] = {}
    with suppress(Exception):  # metadata of strangers: whatever cannot be read is left out
        for each in importlib.metadata.distributions(path=[str(site)]):
            name = (each.metadata["Name"] or "").lower().replace("_", "-")
            if name in _PACKAGES and each.version:
                versions[name] = str(each.version)[:60]
    return versions


def _python_of(site: Path) -> str | None:
    for parent in list(site.parents)[:4]:
        with suppress(OSError):
            match = re.search(r"(?m)^version(?:_info)?\s*=\s*([\d.]+)", (parent / "pyvenv.cfg").read_text())
            if match:
                return match[1].rstrip(".")
    named = re.fullmatch(r"python(\d+\.\d+)", site.parent.name)
    return named[1] if named else None


def _trainer_version(name: str, home: Path) -> str:
    version = ""
    for file in ("version.py", ".release", "pyproject.toml", "setup.py", "simpletuner/__init__.py"):
        with suppress(OSError):
            text = (home / file).read_text("utf-8", "replace")[:20_000]
            match = re.match(r"\s*(v?[\d.]{3,20})\s*$", text) if file == ".release" else _VERSION.search(text)
            if match:
                version = match[1]
                break
    commit = _commit(home)
    return " ".join(part for part in (name, version, f"({commit})" if commit else "") if part)[:200]


def _commit(home: Path) -> str | None:
    """Return the first characters of the commit that is checked out, without git."""
    with suppress(OSError):
        folder = home / ".git"
        if folder.is_file():
            folder = (home / folder.read_text().partition("gitdir:")[2].strip()).resolve()
        head = (folder / "HEAD").read_text().strip()
        if head.startswith("ref: "):
            name = head[5:]
            loose = folder / name
            if loose.is_file():
                head = loose.read_text().strip()
            else:
                packed = (folder / "packed-refs").read_text().splitlines()
                head = next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")
        if re.fullmatch(r"[0-9a-f]{40,64}", head):
            return head[:8]
    return None


# Loss histories: numbers alone are taken; pictures, texts and names of machines in them stay behind.


def scalar_events(path: Path) -> tuple[bytes, int]:
    """Return a TensorBoard event file with its scalars alone, thinned evenly, and how many of them were left out.

    Records are copied as they stand, checksums too; those with pictures, sounds and texts (hyperparameters, paths,
    prompts) are not. Raises OSError.
    """
    first, kept = b"", []
    with path.open("rb") as file:
        while file.tell() < _LONGEST_HISTORY and len(start := file.read(12)) == 12:
            length = struct.unpack("<Q", start[:8])[0]
            if length > 1_000:
                # a scalar has some 60 bytes
                if length > 1 << 40:
                    break
                file.seek(length + 4, os.SEEK_CUR)
                continue
            record = file.read(length + 4)
            if len(record) < length + 4:
                break
            with suppress(IndexError, ValueError):
                if not first and b"brain.Event:2" in record:
                    first = start + record
                elif _is_scalar(record[:length]):
                    kept.append(start + record)
    step = -(-len(kept) // _MOST_VALUES) if kept else 1
    # the values of one step stand together, in turns: every nth alone would take one tag and leave the others
    thinned = [record for number, record in enumerate(kept) if number // 8 % step == 0] if step > 1 else kept
    return first + b"".join(thinned), len(kept) - len(thinned)


def _is_scalar(event: bytes) -> bool:
    """Tell whether an event holds numbers and nothing else."""
    summaries = [value for number, value in _fields(event) if number == 5 and isinstance(value, bytes)]
    if any(number not in (1, 2, 5) for number, _ in _fields(event)):
        return False
    values = [value for summary in summaries for number, value in _fields(summary) if number == 1]
    return bool(values) and all(isinstance(value, bytes) and _is_number(value) for value in values)


def _is_number(value: bytes) -> bool:
    numeric = False
    for number, part in _fields(value):
        if number == 2:
            numeric = True
        elif number == 8 and isinstance(part, bytes):
            # TensorProto: a float or double in its content or its list; strings would be field 8
            if any(inner == 8 for inner, _ in _fields(part)) or len(part) > 100:
                return False
            numeric = True
        elif number == 9 and isinstance(part, bytes):
            # which plugin shows it
            if b"text" in part or b"hparams" in part:
                return False
        elif number not in (1, 7):
            return False
    return numeric


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if wire == 2:
            length, at = _varint(data, at)
        else:
            length = {1: 8, 5: 4}.get(wire, -1)
        if length < 0 or at + length > len(data):
            raise ValueError
        yield key >> 3, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while shift < 64:
        byte = data[at]
        result |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return result, at
    raise ValueError


def loss_database(path: Path) -> tuple[bytes, int]:
    """Return the numbers of ai-toolkit's loss database as a database of its own, and how many rows were left out.

    It is read from a copy: SQLite would put files beside the original. Raises OSError where it cannot be read.
    """
    try:
        import sqlite3
    except ImportError as error:
        raise OSError("this Python has no SQLite") from error
    with tempfile.TemporaryDirectory(prefix="lora-triage-") as folder:
        copy, made = Path(folder, "copy.db"), Path(folder, "made.db")
        shutil.copyfile(path, copy)
        with suppress(FileNotFoundError):
            shutil.copyfile(path.with_name(path.name + "-wal"), copy.with_name(copy.name + "-wal"))
        try:
            with closing(sqlite3.connect(str(copy), timeout=0)) as source:
                rows = source.execute("SELECT step, key, value_real FROM metrics LIMIT 2000000").fetchall()
            rows = [row for row in rows if isinstance(row[0], int) and isinstance(row[1], str)]
            steps = sorted({row[0] for row in rows})
            every = -(-len(rows) // _MOST_VALUES) or 1
            kept_steps = set(steps[::every])
            kept = sorted(row for row in rows if row[0] in kept_steps and isinstance(row[2], (int, float, type(None))))
            with closing(sqlite3.connect(str(made))) as target:
                target.execute(
                    "CREATE TABLE metrics"
                    " (step INTEGER, key TEXT, value_real REAL, value_text TEXT, PRIMARY KEY (step, key))"
                )
                target.executemany("INSERT INTO metrics (step, key, value_real) VALUES (?, ?, ?)", kept)
                target.commit()
        except (sqlite3.Error, TypeError) as error:
            raise OSError(str(error)) from error
        return made.read_bytes(), len(rows) - len(kept)


def loss_table(path: Path, redactor: Redactor) -> tuple[bytes, int]:
    """Return a table (CSV, JSON lines) redacted and thinned, and how many lines were left out. Raises OSError."""
    text = read_text(path, 64 * _MIB)
    if text is None:
        raise OSError("is longer than 64 MB")
    if path.suffix == ".json":
        # one value, which cannot be thinned
        return redactor.text(text).encode("utf-8", "replace"), 0
    lines = text.splitlines(keepends=True)
    step = -(-len(lines) // _MOST_VALUES) or 1
    kept = [line for number, line in enumerate(lines) if number == 0 or number % step == 0]
    return redactor.text("".join(kept)).encode("utf-8", "replace"), len(lines) - len(kept)


def history_kind(file: Found) -> str | None:
    """Return events, database or table for a file that is a loss history."""
    name = file.path.name.lower()
    try:
        head = read_part(file.path, 0, 4_000)
    except OSError:
        return None
    if b"brain.Event:2" in head[:64]:
        return "events"
    if head.startswith(b"SQLite format 3\0"):
        return "database" if name == "loss_log.db" else None
    if name.endswith((".csv", ".jsonl", ".json")) and encoding_of(head) is not None:
        first = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n").partition("\n")[0].lower()
        if name == "trainer_state.json" or (
            name.endswith(".csv") and ("loss" in first or first.startswith("step,key"))
        ):
            return "table"
        if name.endswith(".jsonl") and first.startswith("{") and "loss" in first:
            return "table"
    return None


# Everything together: gathered, redacted, cut to size.


@dataclass
class Item:
    """One file of the zip. `kind` is config, log, history or sample; `note` says what was done to it."""

    name: str
    data: bytes
    kind: str
    note: str = ""
    shorter: Callable[[int], tuple[bytes, str]] | None = None
    """Makes it again with that many bytes at most; None where it is packed whole or not at all."""
    packed: int = 0


@dataclass
class Gathered:
    """What was found of a run, redacted and not yet cut to size."""

    items: list[Item]
    dataset: Dataset
    references: References
    machine: Machine
    scope: Scope
    samples: list[dict[str, Any]]
    free_disk_gib: float | None
    output_writable: bool

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing that a diagnosis could start from."""
        return not self.dataset.pictures and not any(item.kind != "sample" for item in self.items)


class Gatherer:
    """Looks through one run: `run` is its folder, `also` what was named besides."""

    def __init__(self, run: Path, also: Sequence[Path], trainer: Path | None, redactor: Redactor) -> None:
        self._run, self._redactor, self._scope = run, redactor, Scope()
        self._files = list(walk(run, "", self._scope))
        self._outside: list[Found] = []
        self._named: list[Found] = []
        for path in also:
            if path.is_dir():
                self._outside += walk(path, path.name, self._scope)
            else:
                self._named.append(_found(path))
        self._bases = [run, *list(run.parents)[:4], Path.cwd(), *(path.parent for path in also)]
        self._homes = trainer_homes([trainer] if trainer else [run, Path.cwd(), *(path.parent for path in also)])
        if trainer and not self._homes:
            self._homes = [(trainer.name, trainer)]
        self._bases += [home for _, home in self._homes]
        self._references = References()
        self._references.called.update(path.name for path in also if path.is_dir())
        self._names: Counter[str] = Counter()
        self._items: list[Item] = []

    def gather(self, show: Callable[[str], None]) -> Gathered:
        """Gather everything; raises nothing for what cannot be read, but says so."""
        show("Looking for configs and logs")
        self._configs()
        if not self._items:
            self._printed_configs()
        for root in self._references.folders:
            if root != self._run and self._run not in root.parents:
                self._outside += walk(root, self._prefix(root), self._scope)
        dataset = find_dataset(_once([*self._files, *self._outside]), self._references, self._scope, show)
        rest = [file for file in (*self._named, *self._files) if file.path.parent not in dataset.folders]
        show("Looking for logs and loss histories")
        self._debug_packages(rest)
        self._logs(rest)
        self._histories(rest)
        samples = self._samples(rest, {picture.sha256 for picture in dataset.pictures})
        show("Asking for the GPU and the versions")
        machine = read_machine(self._homes, [self._run, Path.cwd()])
        free = None
        with suppress(OSError):
            free = round(shutil.disk_usage(self._run).free / _GIB, 1)
        writable = all(os.access(folder, os.W_OK) for folder in (self._run, *self._references.outputs))
        return Gathered(self._items, dataset, self._references, machine, self._scope, samples, free, writable)

    def _prefix(self, root: Path) -> str:
        alike = [each for each in self._references.folders if each.name == root.name]
        return root.name if len(alike) < 2 else f"{root.parent.name}/{root.name}"

    def _add(self, name: str, data: bytes, kind: str, note: str = "", shorter: Any = None) -> None:
        name = _in_zip(self._redactor.name(name))
        self._names[name.lower()] += 1
        if self._names[name.lower()] > 1:
            folder, _, base = name.rpartition("/")
            name = f"{folder}/{self._names[name.lower()]}-{base}" if folder else f"{self._names[name.lower()]}-{base}"
        self._items.append(Item(name, data, kind, note, shorter))

    def _leave(self, name: str, reason: str) -> None:
        self._scope.left_out.append(f"{self._redactor.name(name)}: {reason}")

    def _configs(self) -> None:
        candidates = [*self._named, *(f for f in self._files if not _is_state(f))]
        found = [(file, text) for file in candidates if (text := self._config_text(file)) is not None]
        if not any(file in self._files for file, _ in found):
            # ai-toolkit's interface keeps a job's config under a hidden name
            hidden = self._run / ".job_config.json"
            text = self._config_text(_found(hidden)) if hidden.is_file() and not hidden.is_symlink() else None
            found += [(replace(_found(hidden), name="job_config.json"), text)] if text else []
        newest: dict[str, float] = {}
        for file, _ in found:
            key = _DIGITS.sub("#", file.name)
            newest[key] = max(newest.get(key, 0.0), file.time)
        taken: set[Path] = set()
        waiting = list(found)
        while waiting:
            file, text = waiting.pop(0)
            path = file.path.resolve()
            if path in taken:
                continue
            if newest.get(_DIGITS.sub("#", file.name), 0.0) > file.time and path not in self._references.configs:
                self._leave(file.name, "an older config; the newest of its kind is packed")
                continue
            if len(taken) >= _MOST_CONFIGS:
                self._leave(file.name, f"a config; {_MOST_CONFIGS} are packed at most")
                continue
            taken.add(path)
            self._add(file.name, self._redactor.text(text).encode("utf-8", "replace"), "config")
            read_references(text, [path.parent, *self._bases], self._references)
            for other in self._references.configs:
                text = self._config_text(_found(other), certain=True)
                if other not in taken and text is not None:
                    inside = self._run in other.parents
                    name = other.relative_to(self._run).as_posix() if inside else other.name
                    waiting.append((replace(_found(other), name=name), text))

    def _printed_configs(self) -> None:
        """Read what logs say of the dataset's folders: many trainers print their config at the start."""
        files = [file for file in (*self._named, *self._files) if file.path.suffix.lower() in _LOG_ENDINGS]
        for file in sorted(files, key=lambda file: -file.size)[:_MOST_LOGS]:
            with suppress(OSError):
                head = read_part(file.path, 0, _LONGEST_CONFIG)
                encoding = encoding_of(head[:_SNIFF])
                text = head.decode(encoding, "replace") if encoding else ""
                if _LOG_MARKS.search(text):
                    read_references(text, self._bases, self._references)

    def _config_text(self, file: Found, certain: bool = False) -> str | None:
        if file.path.suffix.lower() not in _CONFIG_ENDINGS or file.size < 1:
            return None
        if file.size > _LONGEST_CONFIG:
            return None
        try:
            text = read_text(file.path, _LONGEST_CONFIG)
        except OSError as error:
            self._unread(file, error)
            return None
        return text if text and (certain or looks_like_config(text)) else None

    def _unread(self, file: Found, error: OSError) -> None:
        if file.name not in self._scope.unreadable:
            self._scope.unreadable.append(file.name)
            self._leave(file.name, f"cannot be read: {error.strerror or error}")

    def _logs(self, files: Sequence[Found]) -> None:
        found = []
        homes = [home / "debug.log" for _, home in self._homes]
        for file in (*files, *(_found(path) for path in homes if path.is_file() and not path.is_symlink())):
            if file.size and file.path.suffix.lower() in _LOG_ENDINGS and not _is_state(file):
                try:
                    head, tail = (
                        read_part(file.path, 0, _SNIFF),
                        read_part(file.path, max(file.size - _SNIFF, 0), _SNIFF),
                    )
                except OSError as error:
                    self._unread(file, error)
                    continue
                encoding = encoding_of(head)
                if encoding and any(_LOG_MARKS.search(part.decode(encoding, "replace")) for part in (head, tail)):
                    found.append(file)
        found = sorted({file.path.resolve(): file for file in found}.values(), key=lambda file: -file.time)
        for number, file in enumerate(found):
            if number >= _MOST_LOGS:
                self._leave(file.name, f"an older log; {_MOST_LOGS} are packed at most")
                continue
            head_size, tail_size = _LOG_PARTS[0 if number == 0 else 1]
            try:
                data, note = self._log(file, head_size, tail_size)
            except OSError as error:
                self._unread(file, error)
                continue
            self._add(
                file.name, data, "log", note, lambda most, file=file: self._log(file, most // 4, most - most // 4)
            )

    def _log(self, file: Found, head_size: int, tail_size: int) -> tuple[bytes, str]:
        head = read_part(file.path, 0, min(head_size + tail_size, file.size))
        encoding = encoding_of(head[:_SNIFF]) or "utf-8"
        if file.size <= head_size + tail_size:
            text = head.decode(encoding, "replace").replace("\0", "")
            return self._redactor.text(text).encode("utf-8", "replace"), ""
        start = file.size - tail_size
        tail = read_part(file.path, start - start % 4, tail_size + 4)
        inner = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le" if head[:1] == b"\xff" else "utf-16-be"}.get(
            encoding, encoding
        )
        first = head[: head_size - head_size % 4].decode(encoding, "replace").replace("\0", "")
        last = tail.decode(inner, "replace").replace("\0", "")
        first = first[: max(first.rfind("\n"), first.rfind("\r")) + 1] or first
        cut = min((at for at in (last.find("\n"), last.find("\r")) if at >= 0), default=-1) + 1
        gap = f"\n[lora-triage collect left out {_size(file.size - head_size - tail_size)} here]\n"
        note = f"the first {_size(head_size)} and the last {_size(tail_size)} of {_size(file.size)}"
        return self._redactor.text(first + gap + last[cut:]).encode("utf-8", "replace"), note

    def _histories(self, files: Sequence[Found]) -> None:
        outputs = [
            folder for folder in self._references.outputs if folder != self._run and self._run not in folder.parents
        ]
        others = [
            f for folder in outputs if folder not in self._run.parents for f in walk(folder, folder.name, Scope(), 4)
        ]
        found = [(kind, file) for file in (*files, *others) if not _is_state(file) and (kind := history_kind(file))]
        found.sort(key=lambda each: -each[1].time)
        for number, (kind, file) in enumerate(found):
            if number >= _MOST_HISTORIES:
                self._leave(file.name, f"an older loss history; {_MOST_HISTORIES} are packed at most")
                continue
            name = file.name
            try:
                if kind == "events":
                    data, cut = scalar_events(file.path)
                    # the name of such a file ends with that of the computer
                    folder = str(PurePosixPath(name).parent)
                    stamp = re.match(r"events\.out\.tfevents\.\d+", file.path.name)
                    name = f"{'' if folder == '.' else folder + '/'}{stamp[0] if stamp else 'events.out.tfevents'}"
                elif kind == "database":
                    data, cut = loss_database(file.path)
                else:
                    data, cut = loss_table(file.path, self._redactor)
            except OSError as error:
                self._leave(file.name, f"its loss history cannot be read: {error.strerror or error}")
                continue
            self._add(name, data, "history", f"{cut} values left out evenly" if cut else "")

    def _samples(self, files: Sequence[Found], dataset: set[str]) -> list[dict[str, Any]]:
        found = []
        for file in files:
            folders = [part.lower() for part in PurePosixPath(file.name).parts[:-1]]
            if file.path.suffix.lower() in _PICTURES and any(part in _SAMPLE_FOLDERS for part in folders):
                found.append(file)
        found.sort(key=lambda file: (-file.time, file.name))
        listed, room, packed = [], _ALL_SAMPLES, 0
        for file in found[:_MOST_PICTURES]:
            entry: dict[str, Any] = {"name": self._redactor.name(file.name)[-_LONGEST_NAME:], "size": file.size}
            listed.append(entry)
            with suppress(OSError):
                with file.path.open("rb") as opened:
                    header = picture_header(opened, file.size)
                if header:
                    entry.update(width=header["width"], height=header["height"])
                if packed >= _MOST_SAMPLES or file.size > min(_LONGEST_SAMPLE, room):
                    continue
                data = read_part(file.path, 0, _LONGEST_SAMPLE)
                clean = None if hashlib.sha256(data).hexdigest() in dataset else without_people(data, self._redactor)
                if clean is None:
                    entry["kept_back"] = True
                    continue
                packed, room = packed + 1, room - len(clean)
                name = file.name if file.name.lower().startswith("sample") else f"samples/{file.name}"
                self._add(name, clean, "sample")
        if len(found) > packed:
            more = len(found) - packed
            self._scope.left_out.append(f"{more} sample picture{'s' * (more > 1)}: only names and sizes are packed")
        return listed

    def _debug_packages(self, files: Sequence[Found]) -> None:
        """Take OneTrainer's own debug package: its config, its report and what differs from the defaults."""
        for file in files:
            if file.path.suffix.lower() != ".zip" or file.size > 64 * _MIB:
                continue
            # a package of a stranger may be broken in any way that zipfile knows
            with suppress(OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError):
                for name, text in _debug_package(file.path):
                    kind = "log" if name.endswith(".log") else "config"
                    data = self._redactor.text(text).encode("utf-8", "replace")
                    self._add(f"{file.path.stem}/{name}", data, kind)


def _debug_package(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as package:
        members = {each.filename: each for each in package.infolist()}
        if "debug_report.log" not in members or "config.json" not in members:
            return
        for name in ("config.json", "config_diff.txt", "debug_report.log"):
            if name in members and members[name].file_size <= 8 * _MIB:
                with package.open(members[name]) as member:
                    yield name, member.read(8 * _MIB).decode("utf-8", "replace")


def _is_state(file: Found) -> bool:
    """Tell files that describe a saved state of the model, and those of W&B, which say the config in their own way."""
    folders = [part.lower() for part in PurePosixPath(file.name).parts[:-1]]
    book = any(part.startswith(_BOOKS) or part.endswith("-state") for part in folders)
    return (book and file.path.name != "trainer_state.json") or ("wandb" in folders and file.path.name != "output.log")


def _found(path: Path) -> Found:
    state = path.stat()
    return Found(path, path.name, state.st_size, state.st_mtime)


def _once(files: Iterable[Found]) -> list[Found]:
    return list({file.path: file for file in files}.values())


def _in_zip(name: str) -> str:
    """Return a name without parts that are hidden or lead out."""
    parts = [
        part.lstrip(".") or "_" for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..")
    ]
    return "/".join(parts)[-_LONGEST_NAME:].encode("utf-8", "replace").decode("utf-8") or "_"


def _size(count: float) -> str:
    if count < 1_000_000:
        return f"{max(round(count / 1_000), 1)} KB"
    return f"{count / 1_000_000:.1f} MB"


def manifest(found: Gathered, redactor: Redactor) -> tuple[bytes, str]:
    """Return the manifest as `lora-triage diagnose` reads it, and what had to be shortened; one line a picture."""
    note = ""
    data = b""
    for most in _CAPTION_LENGTHS:
        data = _manifest(found, redactor, most)
        if len(data) <= _LONGEST_MANIFEST and len(zlib.compress(data)) <= _PACKED_MANIFEST:
            break
        shorter = _CAPTION_LENGTHS[min(_CAPTION_LENGTHS.index(most) + 1, len(_CAPTION_LENGTHS) - 1)]
        note = f"captions cut to {shorter} characters"
    return data, note


def _manifest(found: Gathered, redactor: Redactor, longest: int) -> bytes:
    machine, references = found.machine, found.references
    named = references.folders or references.missing
    pictures = []
    for picture in found.dataset.pictures:
        entry: dict[str, Any] = {"name": _short(picture.found.name, redactor), "size": picture.found.size}
        entry["sha256"] = picture.sha256
        if picture.header is not None:
            entry["header"] = picture.header
        elif picture.kind is not None:
            entry["kind"] = picture.kind
        if not picture.readable:
            entry["readable"] = False
        if picture.caption is not None:
            entry["caption"] = redactor.text(picture.caption)[:longest]
        pictures.append(entry)
    said: dict[str, Any] = {
        "lora_triage": 1,
        "machine": {
            name: getattr(machine, name)
            for name in ("gpu", "vram_gib", "driver", "ram_gib", "torch", "python", "trainer_version", "packages")
        },
        # nothing is said of paths where no config names any
        "paths_missing": [redactor.line(path)[:_LONGEST_NAME] for path in references.missing[:100]] if named else None,
        "output_writable": found.output_writable,
        "free_disk_gib": found.free_disk_gib,
        "pictures": pictures,
        "captions_without_image": [_short(name, redactor) for name in found.dataset.orphans[:_MOST_PICTURES]],
        "extras": [_short(name, redactor) for name in found.dataset.extras[:_MOST_PICTURES]],
        "samples": found.samples,
        "left_out": found.scope.left_out[:200],
    }
    lines = []
    for name, value in said.items():
        if isinstance(value, list) and value:
            rows = ",\n  ".join(json.dumps(each, ensure_ascii=False) for each in value)
            lines.append(f" {json.dumps(name)}: [\n  {rows}\n ]")
        else:
            lines.append(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8", "replace")


def _short(name: str, redactor: Redactor) -> str:
    return redactor.name(name)[-_LONGEST_NAME:].encode("utf-8", "replace").decode("utf-8")


def fit(items: Sequence[Item], scope: Scope, most: int) -> list[Item]:
    """Return what fits into `most` bytes, packed, the most telling first; what does not is cut or left out."""
    order = {"config": 0, "log": 1, "history": 2, "sample": 3}
    kept: list[Item] = []
    room = most - 100
    logs = [item for item in items if item.kind == "log"]
    for item in sorted(items, key=lambda item: (order[item.kind], item in logs[1:])):
        item.packed = _packed(item)
        size = len(item.data)
        while item.packed > room and item.shorter is not None and size > _LEAST_LOG:
            size //= 2
            item.data, item.note = item.shorter(size)
            item.packed = _packed(item)
        if item.packed > room:
            scope.left_out.append(f"{item.name}: {_size(item.packed)} more than fit")
        else:
            room -= item.packed
            kept.append(item)
    return kept


def _packed(item: Item) -> int:
    # two records name each file, with some eighty bytes besides
    return len(zlib.compress(item.data, 9)) + 2 * len(item.name.encode("utf-8", "replace")) + 100


def write_zip(target: Path, items: Iterable[Item]) -> int:
    """Write the zip, whole or not at all, and return its size. Raises OSError; FileExistsError where it is there."""
    if target.exists():
        raise FileExistsError(target)
    handle, name = tempfile.mkstemp(prefix=".lora-triage-", suffix=".part", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
            for item in items:
                about = zipfile.ZipInfo(item.name, (1980, 1, 1, 0, 0, 0))
                about.compress_type = zipfile.ZIP_DEFLATED
                about.external_attr = 0o644 << 16
                made.writestr(about, item.data)
        size = part.stat().st_size
        part.replace(target)
        return size
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


# What the person reads.


def _report(found: Gathered, items: Sequence[Item], about: Item, target: Path, redactor: Redactor) -> str:
    total = sum(item.packed for item in items) + about.packed
    pictures = len(found.dataset.pictures)
    captions = sum(picture.caption is not None for picture in found.dataset.pictures)
    listed = "this machine and its versions"
    if pictures:
        listed = f"{pictures} pictures by name, size, hash and {captions} captions, no pixels; {listed}"
    rows = [(about.name, about.packed, f"{listed}{'; ' + about.note if about.note else ''}")]
    rows += [(item.name, item.packed, item.note) for item in items if item.kind != "sample"]
    samples = [item for item in items if item.kind == "sample"]
    if samples:
        more = f"{len(samples)} sample picture{'s' * (len(samples) > 1)} that the training made"
        rows.append(("samples/", sum(item.packed for item in samples), more))
    width = min(max(len(name) for name, _, _ in rows), 60)
    lines = [f"This would go into {target} ({_size(total)}):", ""]
    lines += [f"  {name:<{width}}  {_size(size):>8}  {note}".rstrip() for name, size, note in rows]
    lines += ["", f"This machine: {found.machine.summary}"]
    if found.references.missing:
        lines.append("Not on this machine, though the config names it: " + ", ".join(found.references.missing[:5]))
    if redactor.counts:
        said = (f"{count} {kind}{'s' * (count > 1)}" for kind, count in sorted(redactor.counts.items()))
        lines.append("Replaced by placeholders: " + ", ".join(said))
    missing = [kind for kind in ("config", "log") if not any(item.kind == kind for item in items)]
    if missing:
        lines.append(f"Not found: a {' or a '.join(missing)}. If you have one elsewhere, name it after the folder.")
    if found.scope.unreadable:
        lines.append(_some("Could not be read", found.scope.unreadable))
    if found.scope.links:
        lines.append(f"Not followed: {found.scope.links} link{'s' * (found.scope.links > 1)}")
    if found.scope.left_out:
        lines += ["Left out:", *(f"  {each}" for each in found.scope.left_out[:12])]
        if len(found.scope.left_out) > 12:
            lines.append(f"  and {len(found.scope.left_out) - 12} more, named in {about.name}")
    return "\n".join(lines) + "\n"


def _some(what: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{what}: {', '.join(names[:3])}{more}"


def _target(named: str | None, run: Path) -> Path:
    if named is not None:
        return Path(named)
    plain = re.sub(r"[^\w.-]+", "-", run.name).strip("-.") or "run"
    first = Path.cwd() / f"lora-triage-{plain}.zip"
    others = (first.with_name(f"lora-triage-{plain}-{number}.zip") for number in range(2, 1_000))
    return next((path for path in (first, *others) if not path.exists()), first)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _agrees() -> bool:
    _say("Nothing is sent anywhere. Write this zip? [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _arguments(argv: Sequence[str] | None, program: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=program, description="Pack one training run into a small zip for support. Nothing is sent anywhere."
    )
    parser.add_argument("run", metavar="RUN_DIR", help="folder of the run: where its log, samples or LoRA files are")
    parser.add_argument("also", metavar="FILE", nargs="*", help="a config, log or dataset folder that lies elsewhere")
    parser.add_argument("-o", "--output", metavar="ZIP", help="the zip to write (default: here, named after the run)")
    parser.add_argument("--trainer", metavar="DIR", help="where the trainer is installed, if it is not near the run")
    parser.add_argument("--no-samples", action="store_true", help="leave the sample pictures out")
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument("-n", "--dry-run", action="store_true", help="show what would be packed, and stop")
    # a folder may be named after an option
    return parser.parse_intermixed_args(argv)


def run(argv: Sequence[str] | None = None, program: str | None = None) -> int:
    """Do it; returns the exit status: 0, 1 where nothing was found, 2 for bad usage."""
    asked = _arguments(argv, program)
    folder, also = Path(asked.run).absolute(), [Path(name).absolute() for name in asked.also]
    trainer = Path(asked.trainer).absolute() if asked.trainer else None
    wrong = _objection(folder, also, trainer, asked.output)
    if wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    folder, also = folder.resolve(), [path.resolve() for path in also]
    redactor = own_redactor()
    found = Gatherer(folder, also, trainer, redactor).gather(_progress)
    if asked.no_samples:
        found.items = [item for item in found.items if item.kind != "sample"]
    target = _target(asked.output, folder)
    data, note = manifest(found, redactor)
    about = Item("lora-triage.json", data, "config", note)
    about.packed = _packed(about)
    items = fit(found.items, found.scope, MOST - about.packed - 20_000)
    # once more, with what did not fit
    about.data = manifest(found, redactor)[0]
    _progress("")
    if found.is_empty:
        sys.stderr.write(f"There is no config, log, loss history or dataset in {folder}.\n")
        return 1
    _say(_report(found, items, about, target, redactor))
    if asked.dry_run:
        return 0
    if not asked.yes and not _agrees():
        _say("Nothing was written.\n")
        return 0
    try:
        size = write_zip(target, [about, *items])
    except OSError as error:
        sys.stderr.write(f"{target} cannot be written: {error.strerror or 'it is there already'}.\n")
        return 2
    _say(f"Wrote {target} ({_size(size)}). Look into it, and hand it in where you ask for help.\n")
    return 0


def _objection(folder: Path, also: Sequence[Path], trainer: Path | None, output: str | None) -> str | None:
    if folder.is_file() and zipfile.is_zipfile(folder):
        return f"{folder.name} is an archive already: hand it in as it is."
    if not folder.is_dir():
        return f"There is no folder {folder}."
    if folder.resolve() in (Path(folder.anchor), Path.home()):
        return "That is not the folder of one training run. Name the folder where its log and samples are."
    for path in (*also, *((trainer,) if trainer else ())):
        if not path.exists():
            return f"There is no file or folder {path}."
    if output is not None and Path(output).exists():
        return f"{output} is there already."
    return None


def main(argv: Sequence[str] | None = None, program: str | None = None) -> int:
    """Entry point of the script, and of `lora-triage collect`."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        return run(argv, program)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Nothing was written.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
