"""Playing a call through the actions that pages use: people, texts, days and acts, for rehearse and demo."""
