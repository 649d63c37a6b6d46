from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import timezone

from outbox import delivery
from outbox.delivery import deliver_due, enqueue
from outbox.models import Letter

pytestmark = pytest.mark.django_db


def note(to: str = "bob@example.org", key: str = "note:1", **more) -> bool:
    return enqueue(key=key, kind=more.pop("kind", "note"), recipient=to, **more)


def make_due() -> None:
    """As if every pause had passed."""
    Letter.objects.update(not_before=timezone.now())


def test_a_letter_arrives(mail_server):
    note(payload={"text": "See you at nine"})
    assert deliver_due("worker") == 1
    [message] = mail_server.received
    assert (message["To"], message["Subject"]) == ("bob@example.org", "A note")
    assert "See you at nine" in message.get_payload()
    assert Letter.objects.get().sent_at


def test_a_cause_that_is_rolled_back_leaves_no_letter(mail_server):
    with transaction.atomic():
        note()
        transaction.set_rollback(True)
    assert not Letter.objects.exists()


def test_the_same_key_is_the_same_letter():
    assert note() is True
    assert note(to="carol@example.org") is False
    assert Letter.objects.get().recipient == "bob@example.org"


def test_a_known_key_does_not_spoil_the_callers_transaction():
    note()
    with transaction.atomic():
        note()
        note(key="note:2")
    assert Letter.objects.count() == 2


def test_it_is_rendered_when_it_is_sent(mail_server):
    note(payload={"text": "at nine"})
    Letter.objects.update(payload={"text": "at ten"})
    deliver_due("worker")
    assert "at ten" in mail_server.received[0].get_payload()


def test_what_is_no_longer_true_is_given_up_and_the_log_says_which(mail_server, caplog):
    caplog.set_level("INFO", "outbox")
    note(payload={"text": ""})
    deliver_due("worker")
    letter = Letter.objects.get()
    # No address, which the log would hide (config.logs): the number finds it in the administration.
    assert f"letter {letter.pk} (note) is given up: No longer true when it was due." in caplog.messages
    assert letter.dead_at
    assert letter.error == "No longer true when it was due."
    assert letter.is_moot
    assert not mail_server.received


def test_what_comes_too_late_is_given_up(mail_server):
    note(expires_at=timezone.now() - timedelta(seconds=1))
    deliver_due("worker")
    assert Letter.objects.get().dead_at
    assert not mail_server.received


def test_nothing_leaves_before_its_time(mail_server):
    note(not_before=timezone.now() + timedelta(minutes=10))
    assert deliver_due("worker") == 0
    assert not mail_server.received


def test_codes_go_before_invitations(mail_server):
    note(to="slow@example.org", key="note:1", priority=5)
    note(to="quick@example.org", key="note:2", priority=0)
    deliver_due("worker")
    assert mail_server.recipients == ["quick@example.org", "slow@example.org"]


def test_a_passing_refusal_is_tried_again_later(mail_server):
    mail_server.answer_to["bob@example.org"] = "451 Come back later"
    note()
    deliver_due("worker")
    letter = Letter.objects.get()
    assert not letter.dead_at
    assert letter.error == "The mail server said: 451 Come back later"
    assert letter.not_before > timezone.now()
    mail_server.answer_to.clear()
    make_due()
    deliver_due("worker")
    assert Letter.objects.get().sent_at
    assert Letter.objects.get().error == ""


def test_a_final_refusal_buries_that_letter_and_no_other(mail_server):
    mail_server.answer_to["nobody@example.org"] = "550 No such person"
    note(to="nobody@example.org", key="note:1")
    note(to="bob@example.org", key="note:2")
    deliver_due("worker")
    dead = Letter.objects.get(recipient="nobody@example.org")
    assert dead.dead_at
    assert dead.error == "The mail server said: 550 No such person"
    assert mail_server.recipients == ["bob@example.org"]


def test_a_wrong_password_of_ours_buries_nothing(mail_server):
    mail_server.answer_to["bob@example.org"] = "530 Authentication required"
    note()
    deliver_due("worker")
    assert Letter.objects.waiting().count() == 1


def test_a_sender_of_ours_that_is_refused_buries_nothing(mail_server):
    mail_server.answer_to_sender = "550 Sender not owned by you"
    note()
    deliver_due("worker")
    assert Letter.objects.waiting().get().error == "The mail server said: 550 Sender not owned by you"
    mail_server.answer_to_sender = ""
    make_due()
    deliver_due("worker")
    assert mail_server.recipients == ["bob@example.org"]


def test_a_server_that_hangs_up_gets_the_next_letter_over_a_new_connection(mail_server):
    mail_server.answer_to["bob@example.org"] = "421 Enough for now"
    note(key="note:1", priority=0)
    note(to="carol@example.org", key="note:2")
    deliver_due("worker")
    assert mail_server.recipients == ["carol@example.org"]


def test_nothing_is_rendered_while_nobody_takes_it(mail_server):
    rendered = []

    @delivery.renderer("link")
    def render(letter: Letter) -> EmailMessage:
        rendered.append(letter.key)
        return EmailMessage("A link of your own", "x", "notes@example.org")

    note(kind="link")
    mail_server.stop()
    deliver_due("worker")
    assert rendered == []
    mail_server.start()
    make_due()
    deliver_due("worker")
    assert rendered == ["note:1"]
    assert Letter.objects.get().sent_at


def test_letters_wait_while_the_mail_server_is_down(mail_server):
    mail_server.stop()
    for number in range(20):
        note(key=f"note:{number}")
    assert deliver_due("worker") == 20
    assert Letter.objects.waiting().count() == 20
    assert all("could not be reached" in letter.error for letter in Letter.objects.all())
    mail_server.start()
    make_due()
    deliver_due("worker")
    assert len(mail_server.received) == 20
    assert not Letter.objects.waiting().exists()


def test_pauses_grow_to_an_hour():
    pauses = [delivery._pause(attempts) for attempts in range(1, 30)]
    assert timedelta(seconds=8) <= pauses[0] <= timedelta(seconds=12)
    assert timedelta(seconds=64) <= pauses[3] <= timedelta(seconds=96)
    assert all(pause <= timedelta(minutes=72) for pause in pauses)
    assert pauses[-1] >= timedelta(minutes=48)


def test_after_many_tries_it_is_given_up(mail_server, monkeypatch):
    monkeypatch.setattr(delivery, "MOST_ATTEMPTS", 2)
    mail_server.answer_to["bob@example.org"] = "451 Come back later"
    note()
    for _ in range(2):
        make_due()
        deliver_due("worker")
    assert Letter.objects.get().dead_at


def test_dying_after_the_servers_answer_repeats_it_with_the_same_message_id(mail_server, monkeypatch):
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    note()
    with monkeypatch.context() as killed:
        killed.setattr(delivery, "_mark", die)
        with pytest.raises(KeyboardInterrupt):
            deliver_due("first")
    assert deliver_due("second") == 0  # Its lease still holds.
    Letter.objects.update(leased_until=timezone.now())
    assert deliver_due("second") == 1
    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"] == delivery.message_id("note:1")


def test_who_overslept_their_lease_does_not_overwrite(mail_server):
    note()
    slow = delivery._lease("slow")
    assert slow
    Letter.objects.update(leased_until=timezone.now())
    assert delivery._lease("quick")
    delivery._put_off(slow, "too slow")
    assert Letter.objects.get().leased_by == "quick"
    assert Letter.objects.get().error == ""


def test_a_fault_in_one_letter_does_not_stop_the_others(mail_server, caplog):
    note(key="note:1", kind="unheard-of")
    note(key="note:2")
    deliver_due("worker")
    assert len(mail_server.received) == 1
    assert "nobody renders" in Letter.objects.get(key="note:1").error


def test_a_subject_with_a_line_break_sends_no_header_of_its_own(mail_server, monkeypatch):
    delivery.renderer("hostile")(lambda _: EmailMessage("Hi\r\nBcc: eve@example.org", "x", "a@example.org"))
    note(kind="hostile")
    deliver_due("worker")
    assert not mail_server.received
    assert Letter.objects.get().error.startswith("BadHeaderError")


def test_only_the_recipient_gets_it(mail_server):
    delivery.renderer("wide")(
        lambda _: EmailMessage("Hi", "x", "n@example.org", to=["a@example.org"], bcc=["b@example.org"])
    )
    note(kind="wide")
    deliver_due("worker")
    assert mail_server.recipients == ["bob@example.org"]


@pytest.mark.parametrize("answer", ["", "550 No such person"])
def test_a_secret_does_not_outlive_its_letter(mail_server, answer):
    mail_server.answer_to["bob@example.org"] = answer
    note(kind="secret-note", payload={"text": "K7MPQ2"})
    deliver_due("worker")
    letter = Letter.objects.get()
    assert letter.sent_at or letter.dead_at
    assert letter.payload == {}


def test_a_secret_does_not_outlive_a_letter_that_an_administrator_gave_up():
    note(key="note:1", kind="secret-note", payload={"text": "K7MPQ2"})
    note(key="note:2", payload={"text": "Hello"})
    assert delivery.give_up(Letter.objects.all(), "Given up by Alice.") == 2
    assert {letter.key: letter.payload for letter in Letter.objects.exclude(dead_at=None)} == {
        "note:1": {},
        "note:2": {"text": "Hello"},
    }


def test_an_administrator_can_have_a_dead_letter_tried_again(mail_server):
    mail_server.answer_to["bob@example.org"] = "550 No such person"
    note()
    deliver_due("worker")
    mail_server.answer_to.clear()
    assert delivery.try_again(Letter.objects.all()) == 1
    deliver_due("worker")
    assert mail_server.recipients == ["bob@example.org"]


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_letter_once(mail_server):
    for number in range(40):
        note(to=f"person{number}@example.org", key=f"note:{number}")

    def work(name: str) -> None:
        try:
            while deliver_due(name):
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(mail_server.recipients) == sorted(f"person{number}@example.org" for number in range(40))
