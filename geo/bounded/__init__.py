"""Reading what strangers send: in a child process of limited life, memory and reach (``docs/security.md``)."""

from geo.bounded.calling import call_bounded, prepare
from geo.bounded.child import is_child
