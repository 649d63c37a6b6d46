"""What attendees said to the whole becomes rows of Answer, one for each series; and back again.

Before, an answer to the whole was one to the last series. To an earlier one, calendars were told what was said
to each of its dates to come alike, or else what was said to the last: so it stays.
"""

from django.db import migrations
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

SAID = ("partstat", "answered_at", "recorded_at", "stamped_at", "note")
SILENT = "NEEDS-ACTION"
BATCH = 500


def in_batches(rows):
    batch = []
    for row in rows.iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def bring_over(apps, schema_editor):
    Attendee, Answer, Occurrence, Series = (
        apps.get_model("meetings", name) for name in ("Attendee", "Answer", "Occurrence", "Series")
    )
    series = Occurrence.objects.filter(pk=OuterRef("occurrence")).values("series")
    Answer.objects.update(series=Subquery(series))
    spoke = ~Q(partstat=SILENT) | ~Q(note="")
    for name in ("answered_at", "recorded_at", "stamped_at"):
        spoke |= Q(**{f"{name}__isnull": False})
    for attendees in in_batches(Attendee.objects.filter(spoke).exclude(meeting__last_series=None).order_by("pk")):
        last = dict(
            Attendee.objects.filter(pk__in=[one.pk for one in attendees]).values_list("pk", "meeting__last_series")
        )
        Answer.objects.bulk_create(
            Answer(attendee=one, series_id=last[one.pk], **{name: getattr(one, name) for name in SAID})
            for one in attendees
        )
    now = timezone.now()
    for part in Series.objects.exclude(pk=F("meeting__last_series")).order_by("pk"):
        coming = list(
            Occurrence.objects.filter(series=part, cancelled_at=None, ends_at__gt=now).values_list("pk", flat=True)
        )
        own = {}
        for answer in Answer.objects.filter(occurrence__in=coming).exclude(partstat=""):
            own.setdefault(answer.attendee_id, []).append(answer)
        for attendees in in_batches(Attendee.objects.filter(meeting=part.meeting_id).order_by("pk")):
            found = (_to(part, one, own.get(one.pk, []), len(coming)) for one in attendees)
            Answer.objects.bulk_create(Answer(**said) for said in found if said["partstat"] != SILENT)


def _to(part, attendee, own, dates):
    """What is known of an answer to an earlier series."""
    said = {"attendee_id": attendee.pk, "series_id": part.pk, "partstat": attendee.partstat}
    if own and len(own) == dates and len({answer.partstat for answer in own}) == 1:
        times = [answer.answered_at for answer in own if answer.answered_at]
        said |= {"partstat": own[0].partstat, "answered_at": max(times, default=None)}
    return said


def take_back(apps, schema_editor):
    Attendee, Answer, Occurrence, Series = (
        apps.get_model("meetings", name) for name in ("Attendee", "Answer", "Occurrence", "Series")
    )
    to_all = Answer.objects.filter(occurrence=None)
    for answers in in_batches(
        to_all.filter(series=F("attendee__meeting__last_series")).select_related("attendee").order_by("pk")
    ):
        for answer in answers:
            for name in SAID:
                setattr(answer.attendee, name, getattr(answer, name))
        Attendee.objects.bulk_update([answer.attendee for answer in answers], SAID)
    # To an earlier one it was said to each of its dates, were it what was said to the last: that may change.
    for part in Series.objects.exclude(pk=F("meeting__last_series")).order_by("pk"):
        dates = list(Occurrence.objects.filter(series=part, cancelled_at=None).values_list("pk", flat=True))
        said = {answer.attendee_id: answer for answer in to_all.filter(series=part)}
        for attendees in in_batches(Attendee.objects.filter(meeting=part.meeting_id).order_by("pk")):
            own = {
                (answer.attendee_id, answer.occurrence_id): answer
                for answer in Answer.objects.filter(occurrence__in=dates, attendee__in=attendees)
            }
            for pk in dates:
                fresh, filled = [], []
                for one in attendees:
                    answer = own.get((one.pk, pk))
                    if answer is None:
                        answer = Answer(attendee=one, series=part, occurrence_id=pk)
                        fresh.append(answer)
                    elif not answer.partstat:
                        filled.append(answer)
                    else:
                        continue
                    whole = said.get(one.pk) or Answer(partstat=SILENT)
                    for name in SAID:
                        setattr(answer, name, getattr(whole, name))
                Answer.objects.bulk_create(fresh)
                Answer.objects.bulk_update(filled, SAID)
    to_all.delete()


class Migration(migrations.Migration):
    dependencies = [("meetings", "0020_answers")]

    operations = [migrations.RunPython(bring_over, take_back)]
