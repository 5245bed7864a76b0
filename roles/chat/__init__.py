"""The one door to chat models: ask, and get back a reply that fits its schema; cache, ledger and limits inside."""
