"""25 errors of trainers, each in any number of variants: other people, machines, versions, systems and languages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

_HOMES = (
    "/home/{who}/{tool}", "/workspace/{tool}", "/root/{tool}", "/mnt/d/ai stuff/{tool}", "C:\\Users\\{who}\\{tool}",
    "D:\\AI\\{tool} v2", "/content/{tool}", "/Users/{who}/Documents/{tool}", "E:\\新しいフォルダー\\{tool}",
)  # fmt: skip
_WHO = ("marta", "oleg.k", "user", "anna-9", "Jürgen", "小明", "j_doe", "ПК")
_FILES = (
    "img 12.png",
    "0001.jpg",
    "portrait_final.webp",
    "фото 3.png",
    "写真.jpg",
    "a (2).png",
    "DSC_0042.JPG",
    "x.png",
)
_OWNERS = ("marta", "org", "x-labs")
_NOT_FOUND = {
    "en": "No such file or directory",
    "de": "Datei oder Verzeichnis nicht gefunden",
    "fr": "Aucun fichier ou dossier de ce nom",
    "ru": "Нет такого файла или каталога",
    "ja": "そのようなファイルやディレクトリはありません",
    "pl": "Nie ma takiego pliku ani katalogu",
}
_NO_MODULE = {
    "en": "The specified module could not be found",
    "de": "Das angegebene Modul wurde nicht gefunden",
    "fr": "Le module spécifié est introuvable",
    "ru": "Указанный модуль не найден",
    "ja": "指定されたモジュールが見つかりません。",
    "pl": "Nie można odnaleźć określonego modułu",
}
_PAGE_FILE = {
    "en": "The paging file is too small for this operation to complete",
    "de": "Die Auslagerungsdatei ist zu klein, um diesen Vorgang durchzuführen",
    "fr": "Le fichier de pagination est insuffisant pour terminer cette opération",
    "ru": "Файл подкачки слишком мал для завершения операции",
    "ja": "ページング ファイルが小さすぎるため、この操作を完了できません。",
    "pl": "Plik stronicowania jest za mały, aby ukończyć tę operację",
}
_CODECS = (
    "'cp1252' codec can't decode byte 0x{b} in position {n}: character maps to <undefined>",
    "'cp932' codec can't decode byte 0x{b} in position {n}: illegal multibyte sequence",
    "'gbk' codec can't decode byte 0x{b} in position {n}: illegal multibyte sequence",
    "'utf-8' codec can't decode byte 0x{b} in position {n}: invalid start byte",
)


@dataclass(frozen=True)
class Error:
    """An error: its exception, its message with placeholders, and the functions of the trainer that it came through."""

    exception: str
    message: str
    frames: tuple[tuple[str, str], ...]
    tool: str = "kohya_ss"


_TRAIN = (("train_network.py", "train"),)
_KIT = (("jobs/process/BaseSDTrainProcess.py", "run"), ("extensions/sd_trainer/SDTrainer.py", "hook_train_loop"))
_DATA = (("library/train_util.py", "make_buckets"), ("library/train_util.py", "load_image"))
ERRORS = (
    Error("KeyError", "'lora_unet_blocks_{n}_attn'", _TRAIN),
    Error("KeyError", "'ss_base_model_version'", _TRAIN),
    Error("KeyError", "'lora_unet_blocks_{n}_attn'", _KIT, "ai-toolkit"),
    Error("ValueError", "image too large: {path} is {n}x{n2}, at most {n3} pixels", _DATA),
    Error("ValueError", "no metadata for {qpath}; run the tagger first", _DATA),
    Error("RuntimeError", "bucket {n} has {n2} images but the batch needs {n3}", _DATA),
    Error("RuntimeError", "latent cache of {path} is from version {version}, expected {version2}", _DATA),
    Error("FileNotFoundError", "[Errno 2] {not_found}: {qpath}", _DATA),
    Error("FileNotFoundError", "[Errno 2] {not_found}: {qpath}", (("save_util.py", "save_state"),)),
    Error("OSError", '[WinError 126] {no_module}. Error loading "{path}" or one of its dependencies.', _TRAIN),
    Error("OSError", "[WinError 1455] {page_file}", _TRAIN),
    Error("UnicodeDecodeError", "{codec}", (("caption_util.py", "read_caption"),)),
    Error("AssertionError", "expected rank {n} in layer transformer.blocks.{n2}.to_q", _KIT, "ai-toolkit"),
    Error("AssertionError", "text encoder output is {size} but {size2} was planned", _KIT, "ai-toolkit"),
    Error("TypeError", "sample_images() got an unexpected keyword argument 'prompt_file'", _TRAIN),
    Error("TypeError", "sample_images() got an unexpected keyword argument 'vae'", _TRAIN),
    Error("AttributeError", "'NoneType' object has no attribute 'lora_modules'", _TRAIN),
    Error("IndexError", "scheduler step {n} of {n2}", (("lr_util.py", "step"),)),
    Error("torch.AcceleratorError", "kernel launch of {addr} failed on device cuda:{d} after {f} s", _KIT,
          "ai-toolkit"),
    Error("huggingface_hub.errors.LocalEntryNotFoundError", "{url} is not cached and offline mode is on", _KIT,
          "ai-toolkit"),
    Error("ImportError", "cannot import name 'cached_attention' from 'diffusers.models' ({path})", _TRAIN),
    Error("RuntimeError", "object at {addr} ({hash}) was freed twice", _TRAIN),
    Error("ValueError", "Prompt {quoted} of dataset {n} holds {n2} tokens; {n3} fit", _TRAIN),
    Error("RuntimeError", "shape {shape} of the control image does not fit {shape2}", _KIT, "ai-toolkit"),
    Error("ZeroDivisionError", "division by zero", (("lr_util.py", "warm_up"),)),
)  # fmt: skip


def variants(count: int = 20, seed: int = 7) -> Iterator[tuple[int, str]]:
    """Yield (number of the error, a log that ends in it): `count` of each."""
    for number, error in enumerate(ERRORS):
        for each in range(count):
            yield number, _log(error, random.Random(f"{seed}-{number}-{each}"))


def _log(error: Error, rng: random.Random) -> str:
    home = rng.choice(_HOMES).format(who=rng.choice(_WHO), tool=error.tool)
    windows = "\\" in home
    slash = "\\" if windows else "/"
    path = f"{home}{slash}data{slash}{rng.randrange(99)}_sks{slash}{rng.choice(_FILES)}"
    language = rng.choice(tuple(_NOT_FOUND))
    values = {
        "path": path if " " not in path else path.replace(" ", "_"),
        "qpath": repr(path),
        "n": rng.randrange(10**6), "n2": rng.randrange(10**4), "n3": rng.randrange(10**5), "d": rng.randrange(8),
        "f": rng.choice((f"{rng.uniform(0, 99):.3f}", f"{rng.uniform(0, 99):.2f}".replace(".", ","))),
        "b": f"{rng.randrange(128, 256):02x}",
        "version": _version(rng), "version2": _version(rng),
        "size": _size(rng), "size2": _size(rng),
        "addr": hex(rng.randrange(2**32, 2**47)), "hash": f"{rng.randrange(2**63, 2**64):016x}",
        "url": f"https://huggingface.co/{rng.choice(_OWNERS)}/m{rng.randrange(99)}/resolve/a.bin",
        "shape": _shape(rng), "shape2": _shape(rng),
        "quoted": rng.choice(('"a photo of sks, 85mm"', "'ein Foto von sks'", '"фото sks в парке"', '"sksの写真"')),
        "not_found": _NOT_FOUND[language], "no_module": _NO_MODULE[language], "page_file": _PAGE_FILE[language],
    }  # fmt: skip
    values["codec"] = rng.choice(_CODECS).format(**values)
    python = rng.choice(("3.10", "3.11", "3.12"))
    library = f"{home}\\venv\\Lib\\site-packages" if windows else f"{home}/venv/lib/python{python}/site-packages"
    frames = []
    if rng.random() < 0.5:
        frames.append((f"{library}{slash}accelerate{slash}commands{slash}launch.py", "launch_command"))
    if rng.random() < 0.5:
        frames.append((f"{home}{slash}{'run' if error.tool == 'ai-toolkit' else 'train_network'}.py", "<module>"))
    frames += [(f"{home}{slash}{file.replace('/', slash)}", function) for file, function in error.frames]
    frames += [(f"{library}{slash}torch{slash}m{each}.py", "_call_impl") for each in range(rng.randrange(4))]
    lines = [f"steps: {rng.randrange(100)}%| | {rng.randrange(99)}/2000 [00:10<10:00, 1.1s/it, loss=0.1]"]
    lines.append("Traceback (most recent call last):")
    for file, function in frames:
        lines += [f'  File "{file}", line {rng.randrange(1, 4000)}, in {function}', "    self.go_on()"]
    lines.append(f"{error.exception}: {error.message.format(**values)}")
    return "\n".join(lines) + "\n"


def _version(rng: random.Random) -> str:
    plain = f"{rng.randrange(4)}.{rng.randrange(40)}.{rng.randrange(9)}"
    return rng.choice((plain, f"v{plain}", f"{plain}.dev0", f"{plain}+cu12{rng.randrange(9)}", f"{plain}rc1"))


def _size(rng: random.Random) -> str:
    return f"{rng.uniform(0, 99):.2f} {rng.choice(('MiB', 'GiB', 'KiB'))}"


def _shape(rng: random.Random) -> str:
    return str([rng.randrange(1, 4096) for _ in range(rng.randrange(2, 5))])
