"""Images measured and judged: a file in, a :class:`~eyegore.messages.images.FrameResult` out."""
