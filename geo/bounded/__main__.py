"""Program of the processes that read: ``python -m geo.bounded serve FD`` or ``python -m geo.bounded once``."""

import sys

if sys.argv[1] == "serve" and sys.platform != "win32":
    from geo.bounded.fork_server import serve

    serve(int(sys.argv[2]))
else:
    from geo.bounded.child import answer_once

    answer_once()
