"""What the pictures of all chats share: a diagnosed example, and a page to a small PNG."""
