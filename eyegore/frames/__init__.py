"""Images measured and judged: a file in, a :class:`~eyegore.frame_messages.FrameResult` out."""
