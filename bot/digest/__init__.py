"""The weekly digest: what happened on a server in a week, counted, drawn, and with drafts of rules. Knows no chat."""
