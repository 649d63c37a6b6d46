"""People meet, and see and hear each other."""


def test_two_people_meet(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.meets(bob)
    bob.meets(alice)
