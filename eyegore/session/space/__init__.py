"""Free space of the volumes: measured, forecast, alarmed."""
