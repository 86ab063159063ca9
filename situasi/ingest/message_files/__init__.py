"""Files that hold messages: exported chats, deliveries of gateways, logs, reports as text."""
