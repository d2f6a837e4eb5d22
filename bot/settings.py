"""What an operator can set: in the environment or in a file `.env`, each name with the prefix ``LORA_TRIAGE_``."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "LORA_TRIAGE_"
_KEY_FILE = "secret.key"
_KEY_BYTES = 32
_LEAST_KEY_BYTES = 16
_HEX = "hex:"
_DISCORD_PARTS = 3
_SLACK_TOKENS = {
    "slack_bot_token": ("xoxb-", "OAuth & Permissions"),
    "slack_app_token": ("xapp-", "Basic Information, App-Level Tokens"),
}


class SettingsError(Exception):
    """A setting is missing or makes no sense; the text says what to do, in one sentence."""


class Settings(BaseSettings):
    """All settings; the descriptions are the table in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    discord_token: SecretStr | None = Field(
        default=None, description="Token of the Discord bot. Without it Discord is off."
    )
    slack_bot_token: SecretStr | None = Field(
        default=None, description="Bot token of the Slack app, `xoxb-...`. Without it and the next Slack is off."
    )
    slack_app_token: SecretStr | None = Field(
        default=None, description="App-level token of the Slack app, `xapp-...`, with the scope `connections:write`."
    )
    discord_shards: int = Field(
        default=1, ge=1, le=4096, description="Shards that Discord divides the servers into; from 2,500 servers on."
    )
    discord_shard_ids: tuple[int, ...] = Field(
        default=(), description="Which of them this process listens to, `[0, 1]`; empty: all of them."
    )
    slack_connections: int = Field(
        default=1, ge=1, le=10, description="Socket Mode connections of this process; Slack allows an app 10 in all."
    )
    web: Literal["auto", "on", "off"] = Field(
        default="auto", description="Whether the web page is served; `auto`: where no chat is connected."
    )
    web_host: str = Field(default="127.0.0.1", description="Address that the page listens on; `0.0.0.0` is all.")
    web_port: int = Field(default=8765, ge=0, le=65535, description="Port of the page; 0 takes any that is free.")
    web_url: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.\-\[\]:]+/?)?$",
        description="Where people find the page from outside, `https://triage.example.org`. Without it only this "
        "machine is answered, and replies in chats link to no page.",
    )
    web_links: bool = Field(default=True, description="Whether each reply in a chat links to the page of its case.")
    web_keep_hours: float = Field(
        default=1,
        ge=0,
        le=720,
        description="How long files handed in on the page are kept, to be added to; 0: not at all.",
    )
    web_store: str = Field(
        default="",
        pattern=r"^(s3://[a-z0-9][a-z0-9.\-]+(/[A-Za-z0-9._\-]+)*/?)?$",
        description="Bucket for files handed in on the page, `s3://bucket/folder`, where workers run on other "
        "machines; by default `uploads` in the data folder.",
    )
    web_store_endpoint: str = Field(
        default="", description="Address of the S3 service, `https://s3.example.org`; by default that of AWS."
    )
    web_store_region: str = Field(default="us-east-1", description="Region of the bucket.")
    web_store_key: str = Field(default="", description="Access key id for the bucket; by default as AWS finds it.")
    web_store_secret: SecretStr | None = Field(default=None, description="The secret that belongs to it.")
    web_discord_id: str = Field(
        default="", description="Client id of the Discord app: moderators sign in with Discord. Needs the next one."
    )
    web_discord_secret: SecretStr | None = Field(default=None, description="Its client secret.")
    web_slack_id: str = Field(
        default="", description="Client id of the Slack app: its admins sign in with Slack. Needs the next one."
    )
    web_slack_secret: SecretStr | None = Field(default=None, description="Its client secret.")
    web_api_minute: int = Field(default=60, ge=1, description="Requests a minute that one token of the API may make.")
    role: Literal["all", "gateway", "worker", "web"] = Field(
        default="all",
        description="What this process does: `gateway` listens to the chats, `worker` reads and answers cases, `web` "
        "serves the page. All but `all` need PostgreSQL.",
    )
    takeover_seconds: float = Field(
        default=30,
        ge=3,
        le=600,
        description="After how long a worker that is silent has its cases taken over by another one (PostgreSQL).",
    )
    status_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port for `/healthz`, `/readyz` and `/metrics` where this process serves no page; 0: none.",
    )
    data: Path = Field(default=Path("data"), description="Folder for the database, the key and files being read.")
    database: str | None = Field(
        default=None,
        validation_alias=AliasChoices(f"{PREFIX}DATABASE", "DATABASE_URL", "database"),
        description="Where the cases are, `postgresql+psycopg://user@host/name`; by default SQLite, `cases.sqlite` in "
        "the data folder. `DATABASE_URL` does as well.",
    )
    secret: SecretStr | None = Field(
        default=None,
        min_length=_LEAST_KEY_BYTES,
        description="Key for hashes of people and for placeholders; by default made once, `secret.key` in the data "
        "folder. With another key, people can no longer reach their older cases. `hex:` and digits stand for bytes.",
    )
    knowledge: Path | None = Field(default=None, description="Folder of rules to use instead of the built-in ones.")
    workers: int = Field(
        default=2, ge=1, le=64, description="Diagnoses that run at the same time, each in its own process."
    )
    job_seconds: float = Field(default=60, gt=0, le=3600, description="Longest time one diagnosis may take.")
    job_memory_mib: int = Field(default=2048, ge=512, description="Address space of a worker process, MiB (Linux).")
    jobs_per_worker: int = Field(default=100, ge=1, description="Diagnoses after which a worker process is replaced.")
    file_mib: int = Field(default=320, ge=1, description="Largest attachment that is read, MiB.")
    case_mib: int = Field(default=320, ge=1, description="Most that all attachments of a case may have together, MiB.")
    case_files: int = Field(default=20, ge=1, description="Most attachments of a case.")
    cooldown_seconds: float = Field(default=15, ge=0, description="Time between two new cases of one person.")
    server_cases: int = Field(default=2, ge=1, description="Cases of one server that are diagnosed at the same time.")
    open_hours: float = Field(default=24, gt=0, description="How long files of the same person add to their case.")
    evidence_days: float = Field(
        default=180,
        gt=0,
        description="How long reports, words and names of files of a case are kept after it last changed. What was "
        "counted stays: findings, trainer, model, GPU, what became of it.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level that is logged."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Lines for people, or one JSON object a line."
    )

    @field_validator(
        "discord_token", "slack_bot_token", "slack_app_token", "secret", "database", "knowledge", mode="before"
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("discord_token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().split(".")) != _DISCORD_PARTS:
            raise ValueError(
                "is no bot token (three parts with dots between); copy it anew from the Discord Developer Portal, "
                "Bot, Reset Token"
            )
        return value

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _looks_like_slacks(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        begins, where = _SLACK_TOKENS[str(info.field_name)]
        if value is not None and not value.get_secret_value().startswith(begins):
            raise ValueError(
                f"is no such token (it begins with {begins}); copy it anew from api.slack.com/apps, {where}"
            )
        return value

    @property
    def database_url(self) -> str:
        """Where the cases are."""
        given = self.database or f"sqlite+aiosqlite:///{self.data.absolute() / 'cases.sqlite'}"
        # other programs call the same place by these
        for begins in ("postgres://", "postgresql://"):
            if given.startswith(begins):
                return f"postgresql+psycopg://{given.removeprefix(begins)}"
        return given

    @property
    def works(self) -> bool:
        """Whether this process reads and answers cases."""
        return self.role in ("all", "worker")

    @property
    def hears(self) -> bool:
        """Whether this process takes anything in."""
        return self.role != "worker"

    def key(self) -> bytes:
        """Return the secret key; makes it, readable for the owner alone, where there is none yet.

        Raises `SettingsError` where the file holds too little to be one.
        """
        if self.secret is not None:
            return _key_of(self.secret.get_secret_value())
        self.data.mkdir(parents=True, exist_ok=True)
        path = self.data / _KEY_FILE
        if not path.exists():
            # whole or not at all: a process killed in between must not leave half a key
            with tempfile.NamedTemporaryFile(dir=self.data) as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
                with suppress(FileExistsError):
                    os.link(file.name, path)
        key = path.read_bytes()
        if len(key) < _LEAST_KEY_BYTES:
            raise SettingsError(
                f"{path} holds no key; put back the one that was there, or delete the file and people lose touch with "
                "their older cases."
            )
        return key


def _key_of(given: str) -> bytes:
    if not given.startswith(_HEX):
        return given.encode()
    try:
        return bytes.fromhex(given.removeprefix(_HEX))
    except ValueError:
        raise SettingsError(f"{PREFIX}SECRET begins with {_HEX} and goes on with something else than digits.") from None


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings; raises `SettingsError` with one sentence, never with the value of a secret.

    A setting may be a file of its name (`lora_triage_secret`) in /run/secrets, where containers have such, or in the
    folder that systemd names for them.
    """
    secrets_in = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/run/secrets"))
    folder = secrets_in if secrets_in.is_dir() else None
    try:
        # arguments of the library, no fields
        return Settings(_env_file=env_file, _secrets_dir=folder)  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError(f"{name} {first['msg'].removeprefix('Value error, ')}.") from None


def table() -> str:
    """Return the Markdown table of all settings."""
    lines = ["| setting | default | what it does |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines)
