"""The ways back: answers by text message and mail, and what they ask for."""
