from django.contrib import admin

from outbox.models import Letter

admin.site.register(Letter)
