"""Commands of ``python -m geo``; each module adds its own with ``register(subparsers)``."""
