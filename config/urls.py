"""The pages' table of contents."""

from allauth.account.decorators import secure_admin_login
from allauth.account.views import logout
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

import accounts.urls
from config.held_posts import again
from config.source import source
from config.views import favicon, health

admin.autodiscover()
# One sign-in for everybody: the administrator signs in like anyone else, with the same limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = settings.SITE_NAME

urlpatterns = [
    path("health/", health, name="health"),
    path("favicon.ico", favicon),
    path("source/", source, name="source"),
    path("again/", again, name="again"),
    # The administration's own pages for this know nothing of our letters and limits.
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/password_change/done/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/logout/", logout),
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls")),
    path("account/", include(accounts.urls.asking_first)),
    path("account/", include("allauth.urls")),
    path("outbox/", include("outbox.urls")),
    path("", include("meetings.urls")),
    path("", include("rooms.urls")),
]
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
handler403 = "config.views.forbidden"
