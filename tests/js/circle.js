import { Talk } from "../../static/js/room/chat/talk.js";
import { FakeClock } from "./fakes.js";

let ids = 0;
const id = () => (++ids).toString(16).padStart(32, "0");
export const message = (author, n, lamport, more = {}) => ({
  id: id(),
  author,
  name: author,
  n,
  lamport,
  sent_at: 1,
  body: `${author} ${n}`,
  ...more,
});
export const bodies = (talk) => talk.lines.map(({ body }) => body);
export const NEW = { count: 0, delivered: 0, messages: [] };

/**
 * Alice, Bob and Carol (or others) in a room, with channels between those who are not in `apart`: a frame takes 20 ms,
 * and what is under way when a channel ends is lost. Whatever crosses it stands in `frames`.
 */
export function circle({ names = ["Alice", "Bob", "Carol"], apart = [] } = {}) {
  const clock = new FakeClock();
  const frames = [];
  const people = new Map();
  const cut = new Set();
  /** How often each pair has been cut. */
  const channels = new Map();
  const key = (a, b) => [a, b].sort().join(" ");
  const reach = (a, b) => a !== b && people.has(a) && people.has(b) && !cut.has(key(a, b));
  const hear = (from, to, frame) => {
    frames.push([from, to, frame]);
    people.get(to).talk.receive({ id: from, name: people.get(from).name }, frame);
  };
  const deliver = (from, to, message) => {
    const text = JSON.stringify(message);
    const { born } = people.get(to);
    const channel = channels.get(key(from, to));
    clock.after(20, () => {
      if (reach(from, to) && channels.get(key(from, to)) === channel && people.get(to).born === born) {
        hear(from, to, JSON.parse(text));
      }
    });
  };
  const join = (name, { said = NEW, off = 0, passers = () => new Map() } = {}) => {
    const me = name.toLowerCase();
    const person = { name, born: clock.now(), said, news: [] };
    person.talk = new Talk({
      clock,
      time: () => 1_700_000_000_000 + off + Math.floor(clock.now()),
      send: (to, message) => {
        if (people.get(me) !== person) return;
        for (const other of to ? [to] : [...people.keys()]) if (reach(me, other)) deliver(me, other, message);
      },
    });
    person.talk.settleIn({
      me: () => ({ id: me, name }),
      others: () =>
        [...people]
          .filter(([one]) => one !== me)
          .map(([one, { name }]) => ({ id: one, name, isReached: reach(me, one) })),
      passers,
    });
    person.talk.on("keep", (kept) => (person.said = JSON.parse(JSON.stringify(kept))));
    person.talk.on("change", (line) => line && person.news.push(line));
    people.set(me, person);
    person.talk.begin(me, said);
    for (const other of people.keys()) {
      if (!reach(me, other)) continue;
      people.get(other).talk.catchUp(me);
      person.talk.catchUp(other);
    }
    return person.talk;
  };
  const open = (a, b) => {
    cut.delete(key(a, b));
    people.get(a).talk.catchUp(b);
    people.get(b).talk.catchUp(a);
  };
  const sever = (a, b) => {
    cut.add(key(a, b));
    channels.set(key(a, b), (channels.get(key(a, b)) ?? 0) + 1);
  };
  for (const pair of apart) cut.add(key(...pair.split(" ")));
  for (const name of names) join(name);
  return {
    clock,
    frames,
    people,
    join,
    open,
    cut: sever,
    leave: (who) => people.delete(who),
    talk: (who) => people.get(who).talk,
    hear,
  };
}
