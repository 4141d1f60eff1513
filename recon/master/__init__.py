"""Identity and size: symbol → security → company, members before the event, repaired counts."""
