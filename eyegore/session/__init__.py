"""One day folder followed: the service that runs its workers, the monitor that owns its state."""
