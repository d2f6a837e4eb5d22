"""Logs: structured events, with everything personal taken out of the finished line."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import structlog

from bot.redact import Redactor
from bot.redact.tree import TreeRedactor


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Redacts the line as it is written: libraries' messages and tracebacks as well as our own."""

    redactor: Redactor

    def format(self, record: logging.LogRecord) -> str:
        return self.redactor.redact(super().format(record)).text


def set_up_logs(redactor: Redactor, level: str = "info", style: str = "text", stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (standard error), `style` text or json."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    # before the line is made: JSON writes a line end as \n, and a path behind that n would be no path any more
    last: list[Any] = [structlog.processors.format_exc_info, _redacting(redactor)]
    last.append(
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    formatter = _RedactingFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
    formatter.redactor = redactor
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("alembic", "aiosqlite", "sqlalchemy.engine", "procrastinate", "discord", "slack_sdk", "slack_bolt"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def _redacting(redactor: Redactor) -> Callable[[Any, str, MutableMapping[str, Any]], MutableMapping[str, Any]]:
    tree = TreeRedactor(redactor)
    return lambda _logger, _name, event: {key: tree.redact(_plain(value)) for key, value in event.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | dict | list | tuple | None) else repr(value)


def get_log(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger: `log.info("case answered", case="K7Q2M")`."""
    log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return log
