"""What Slack's refusals mean for us."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

_GONE = frozenset(
    {
        "access_denied",
        "account_inactive",
        "cannot_dm_bot",
        "cannot_reply_to_message",
        "cant_delete_message",
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "is_archived",
        "is_inactive",
        "message_not_found",
        "messages_tab_disabled",
        "method_not_supported_for_channel_type",
        "not_in_channel",
        "team_access_not_granted",
        "thread_not_found",
        "user_disabled",
        "user_not_found",
    }
)
_RESTRICTED = "restricted_action"
_TOKEN = frozenset(
    {"account_inactive", "invalid_auth", "not_allowed_token_type", "not_authed", "token_expired", "token_revoked"}
)
_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
_FOREVER = frozenset({"missing_scope", "no_permission", "not_allowed", "posting_to_channel_denied"})


def reason(error: SlackApiError) -> str:
    """Return Slack's word for what went wrong; empty where it said none, as in an outage."""
    answer = error.response
    return str(answer.get("error") or "") if hasattr(answer, "get") else ""


def is_gone(error: SlackApiError) -> bool:
    """Tell whether nobody can be told any more in that place, however often it is tried."""
    return reason(error) in _GONE or reason(error).startswith(_RESTRICTED)


def is_bad_token(error: SlackApiError) -> bool:
    """Tell whether Slack does not take the token."""
    return reason(error) in _TOKEN


def is_bad_message(error: SlackApiError) -> bool:
    """Tell whether Slack refuses what the message holds, such as a picture that it has not processed yet."""
    return reason(error) in _BLOCKS


def is_refused(error: SlackApiError) -> bool:
    """Tell whether asking again would be refused again."""
    return is_gone(error) or is_bad_token(error) or is_bad_message(error) or reason(error) in _FOREVER
