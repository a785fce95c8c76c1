"""Messages to webhooks: how they are signed, where they may go, and the sending of one."""
