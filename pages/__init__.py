"""Pages of the app: widgets in, one call into ``geo``, the result out."""
