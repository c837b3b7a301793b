"""Text, numbers and dates in the reader's language.

The library returns codes and numbers; this module turns them into sentences. Catalogues are gettext
``.po`` files in ``geo/text/locales/<language>/``, read as they are (no compile step). The first word of
a key names its file: ``proof.best`` stands in ``proof.po`` of each language and nowhere else.
"""

from geo.text.catalogue import LANGUAGES, Texts, digits_apart, digits_needed, texts
from geo.text.sentences import finding_sentence
