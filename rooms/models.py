# Long, since the tables of an app stand in one module, and refer to each other.
from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.models import Attendee, Meeting, PersonalLink

# By what the server knows somebody, in the words of the protocol.
STANDINGS = [("invited", _("Invited")), ("account", _("Has an account")), ("guest", _("Guest"))]


class ServerProcess(models.Model):
    """One running server process; it lives as long as it renews its lease."""

    id = models.CharField(_("number"), primary_key=True, max_length=22)
    # Its address on the channel layer, one for the whole process.
    channel = models.CharField(_("channel"), max_length=200)
    # Where it runs, so that a neighbour can see at once that it does no more.
    host = models.CharField(_("machine"), max_length=200, blank=True)
    pid = models.PositiveIntegerField(_("process"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    heartbeat_at = models.DateTimeField(_("last heard of"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("server process")
        verbose_name_plural = _("server processes")
        ordering = ("-heartbeat_at",)

    def __str__(self) -> str:
        return self.id


class Room(models.Model):
    """Where a meeting takes place. The row is the lock for everything that changes who is inside."""

    meeting = models.OneToOneField(
        Meeting, on_delete=models.CASCADE, related_name="room", verbose_name=_("meeting")
    )
    # The number of the latest event; also the source of `arrival` and `seat`.
    rev = models.PositiveIntegerField(_("revision"), default=0)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.meeting.code


def _participant_id() -> models.CharField[str, str]:
    """Somebody of the same call; no foreign key, since nobody of a call is deleted alone."""
    return models.CharField(max_length=22, blank=True, editable=False, default="", db_default="")


class Call(models.Model):
    """One sitting in a room, from the first in to the last out."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="calls", verbose_name=_("room"))
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # When a host has it end for everybody, unless that is taken back before.
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    # The rules that hold in it, beside the meeting's; and whether participants may.
    locked = models.BooleanField(_("locked"), default=False, db_default=False)
    may_share = models.BooleanField(_("may share the screen"), default=True, db_default=True)
    may_chat = models.BooleanField(_("may write in the chat"), default=True, db_default=True)
    may_unmute = models.BooleanField(_("may unmute themselves"), default=True, db_default=True)
    may_record = models.BooleanField(_("may record"), default=True, db_default=True)
    may_rename = models.BooleanField(_("may change their own name"), default=True, db_default=True)
    # Who is large for everybody.
    spotlight = _participant_id()
    # The host who has muted everybody: whoever comes later begins muted while they may not unmute themselves.
    muted_by = _participant_id()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ("-started_at",)
        constraints: ClassVar = [
            models.UniqueConstraint("room", condition=models.Q(ended_at=None), name="one_call_at_a_time")
        ]

    def __str__(self) -> str:
        return gettext("%(room)s, %(start)s") % {
            "room": self.room,
            "start": f"{self.started_at:%Y-%m-%d %H:%M}",
        }


def known_as(one: Participant | Removal) -> set[str]:
    """Everything that they are known as to us, in the words of `admission.persons_of`."""
    known = {one.person, f"guest:{one.guest_key}", f"user:{one.user_id}", f"attendee:{one.attendee_id}"}
    return known - {"guest:", "user:None", "attendee:None"}


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def inside(self) -> ParticipantQuerySet:
        """In the roster: connected, or away with their seat kept."""
        return self.filter(left_at=None)

    def hosts(self) -> ParticipantQuerySet:
        """Those who are hosts: given to them in this call, or by the plan, unless that was taken back."""
        return self.filter(HOSTS)


class Participant(models.Model):
    """Somebody in a call. Outlives their socket."""

    class Role(models.TextChoices):
        HOST = "host", _("Host")
        PARTICIPANT = "participant", _("Participant")

    class LeftReason(models.TextChoices):
        LEFT = "left", _("They left")
        TIMEOUT = "timeout", _("They did not come back")
        REMOVED = "removed", _("A host removed them")
        ENDED = "ended", _("The call ended")

    # Public: what the others address (docs/signaling.md).
    id = models.CharField(primary_key=True, max_length=22)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="participants")
    # Who they are to us: "user:7", "attendee:12" or "guest:<key>"; what a removal is about.
    person = models.CharField(max_length=80, db_index=True)
    # The browser's guest key, so that a removed person does not come back as a stranger.
    guest_key = models.CharField(max_length=64, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("account")
    )
    attendee = models.ForeignKey(
        Attendee, null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("attendee")
    )
    # What the seat rests on beside these (grants.Grant), for as long as they have it: the session of their
    # browser, and the personal link that they came by.
    session_key = models.CharField(max_length=40, blank=True, editable=False, db_index=True)
    link = models.ForeignKey(
        PersonalLink, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    # What they call themselves; by what they came, and the name of that account or invitation.
    name = models.CharField(max_length=64)
    standing = models.CharField(max_length=8, choices=STANDINGS, default="guest")
    known_as = models.CharField(max_length=64, blank=True)
    # How the plan has it; and what a host has given them in this call, which counts more.
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PARTICIPANT)
    given_role = models.CharField(
        _("role given in the call"), max_length=12, choices=Role, blank=True, default="", db_default=""
    )
    given_by = _participant_id()
    given_at = models.DateTimeField(null=True, blank=True)
    # A host has called them by this name, whatever they type.
    named_by = _participant_id()
    # Nobody hears them, or sees them, until they turn their microphone, or camera, on again themselves.
    muted_by = _participant_id()
    muted_at = models.DateTimeField(_("muted"), null=True, blank=True)
    camera_stopped_by = _participant_id()
    camera_stopped_at = models.DateTimeField(_("camera stopped"), null=True, blank=True)
    # A host asks them to turn their microphone on.
    asked_to_unmute = models.BooleanField(default=False, db_default=False)
    seat = models.PositiveIntegerField()
    arrival = models.PositiveIntegerField()
    # SHA-256 of the resume token.
    token_digest = models.CharField(max_length=64, editable=False, db_index=True)
    # The process that holds their socket; null while away.
    server = models.ForeignKey(ServerProcess, null=True, blank=True, on_delete=models.SET_NULL)
    # Which socket of that process; what an older one has to say does not count any more.
    socket = models.CharField(max_length=22, blank=True, editable=False)
    joined_at = models.DateTimeField(_("came in"), default=timezone.now)
    # When their seat is given up unless they come back; null while connected.
    away_until = models.DateTimeField(_("away until"), null=True, blank=True)
    # When their socket was lost; null also for a page that went away by itself.
    away_since = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    left_reason = models.CharField(_("why they left"), max_length=10, choices=LeftReason, blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ("seat",)
        indexes: ClassVar = [
            models.Index(fields=["call"], name="participants_inside", condition=models.Q(left_at=None))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_host(self) -> bool:
        """Whether they are a host, as `hosts` has it."""
        return (self.given_role or self.role) == self.Role.HOST

    @property
    def persons(self) -> set[str]:
        """Everything that they are known as; who removes them removes all of it."""
        return known_as(self)


HOSTS = models.Q(given_role=Participant.Role.HOST) | models.Q(given_role="", role=Participant.Role.HOST)


class HostAction(models.Model):
    """What a host did in a call, kept for the administrator: names as they were, nothing that was said."""

    class Action(models.TextChoices):
        MUTE = "mute", _("Muted")
        STOP_CAMERA = "stop-camera", _("Stopped the camera")
        ASK_UNMUTE = "ask-unmute", _("Asked to unmute")
        LOWER_HAND = "lower-hand", _("Lowered the hand")
        RENAME = "rename", _("Renamed")
        SET_ROLE = "set-role", _("Gave a role")
        SET_RULES = "set-rules", _("Changed rules")
        SET_LOBBY = "set-lobby", _("Changed the lobby")
        ADMIT = "admit", _("Admitted")
        REFUSE = "refuse", _("Refused")
        REMOVE = "remove", _("Removed")
        END = "end", _("Ended the call")

    call = models.ForeignKey(
        Call, on_delete=models.CASCADE, related_name="host_actions", verbose_name=_("call")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    # With the name of their account or invitation, where that is another.
    host = models.CharField(_("host"), max_length=140)
    action = models.CharField(_("action"), max_length=12, choices=Action)
    # Of several people a line for each; of everybody but hosts none.
    target = models.TextField(_("whom it was about"), blank=True)
    # What else belongs to it, in the words of the protocol: a role, a new name, rules. Administrators read it
    # as rooms.admin.host_actions says it.
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("host action")
        verbose_name_plural = _("host actions")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return gettext("%(host)s: %(action)s") % {"host": self.host, "action": self.get_action_display()}


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def waiting(self) -> JoinRequestQuerySet:
        """Those who wait in the lobby now and of whom nobody has decided yet."""
        return self.filter(decision="").exclude(server=None)


class JoinRequest(models.Model):
    """Somebody asks to be let in, and a host decides. One row for a person in a browser and a call."""

    class Decision(models.TextChoices):
        ADMITTED = "admitted", _("Admitted")
        REFUSED = "refused", _("Refused")

    # Public: what hosts address (docs/signaling.md). Stays the same when they come back on another socket.
    id = models.CharField(primary_key=True, max_length=22)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="join_requests")
    # As a participant's.
    person = models.CharField(_("person"), max_length=80)
    guest_key = models.CharField(max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=64)
    standing = models.CharField(_("standing"), max_length=8, choices=STANDINGS)
    known_as = models.CharField(max_length=64, blank=True)
    # The invitation that they come by: hosts are told its address, and nobody else.
    attendee = models.ForeignKey(
        Attendee, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    # The process that holds their socket, and which one it is; null and empty once they are gone.
    server = models.ForeignKey(ServerProcess, null=True, blank=True, on_delete=models.SET_NULL)
    socket = models.CharField(max_length=22, blank=True, editable=False)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=64, blank=True)
    # The call in which it was decided: a decision holds as long as that lasts.
    call = models.ForeignKey(
        Call, null=True, blank=True, on_delete=models.CASCADE, related_name="join_requests"
    )
    # Of whom was let in, since when they have a place in the queue for a seat; null once they sit.
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("join request")
        verbose_name_plural = _("join requests")
        ordering = ("asked_at", "pk")
        indexes: ClassVar = [
            models.Index(fields=["room", "decision"], name="join_requests_by_decision"),
        ]

    def __str__(self) -> str:
        return self.name


class ConnectionChangeQuerySet(models.QuerySet["ConnectionChange"]):
    def of_pairs_that_never_met(self) -> ConnectionChangeQuerySet:
        """Of pairs that tried, and of which nobody ever said that they were connected, nor just goodbye."""
        same_pair = models.Q(participant=models.OuterRef("participant"), other=models.OuterRef("other"))
        turned = models.Q(participant=models.OuterRef("other"), other=models.OuterRef("participant"))
        met = ConnectionChange.objects.filter(
            same_pair | turned, condition=ConnectionChange.Condition.CONNECTED
        )
        return self.exclude(condition=ConnectionChange.Condition.LEFT).exclude(models.Exists(met))


class ConnectionChange(models.Model):
    """A participant said that their connection to another changed, and when; not what goes over it."""

    class Condition(models.TextChoices):
        CONNECTED = "connected", _("Connected")
        CONNECTING = "connecting", _("Connecting")
        REPAIRING = "repairing", _("Repairing")
        FAILED = "failed", _("Failed")
        LEFT = "left", _("Left")

    call = models.ForeignKey(
        Call, on_delete=models.CASCADE, related_name="connection_changes", verbose_name=_("call")
    )
    # The index of the pair begins with it.
    participant = models.ForeignKey(
        Participant,
        on_delete=models.CASCADE,
        related_name="connection_changes",
        db_index=False,
        verbose_name=_("participant"),
    )
    other = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="+", verbose_name=_("other")
    )
    condition = models.CharField(_("condition"), max_length=10, choices=Condition)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = ConnectionChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection change")
        verbose_name_plural = _("connection changes")
        ordering = ("at", "pk")
        indexes: ClassVar = [
            models.Index(fields=["participant", "other", "condition"], name="connection_changes_of_a_pair")
        ]

    def __str__(self) -> str:
        said = {"one": self.participant, "other": self.other, "condition": self.get_condition_display()}
        return gettext("%(one)s to %(other)s: %(condition)s") % said


class Removal(models.Model):
    """A person whom a host removed, and who may not enter this room again.

    By whatever is known of them: their account, their invitation, their browser. Which invitations are an
    account's is looked up at the door, since it may be only then that somebody signs in.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="removals", verbose_name=_("room"))
    person = models.CharField(_("person"), max_length=80)
    guest_key = models.CharField(_("browser"), max_length=64, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("account")
    )
    attendee = models.ForeignKey(
        Attendee, null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("invitation")
    )
    name = models.CharField(_("name"), max_length=64)
    removed_by = models.CharField(_("removed by"), max_length=64)
    created_at = models.DateTimeField(_("removed"), default=timezone.now)

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        ordering = ("-created_at",)
        # By account and by invitation there is an index of their own.
        indexes: ClassVar = [
            models.Index(fields=["room", "person"], name="removals_by_person"),
            models.Index(fields=["room", "guest_key"], name="removals_by_browser"),
        ]

    def __str__(self) -> str:
        return gettext("%(name)s in %(room)s") % {"name": self.name, "room": self.room}

    @property
    def persons(self) -> set[str]:
        """Everything that they were known as (admission.persons_of)."""
        return known_as(self)
