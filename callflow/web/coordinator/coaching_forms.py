"""The forms about coaching on the page of a dossier."""

from callflow.core.i18n import lazy_gettext as _l
from callflow.web.asking import Form
from callflow.web.figures import line


class WaiverForm(Form):
    """Why a dossier can do with fewer sessions."""

    reason = line(_l("Reason"), longest=1000)
