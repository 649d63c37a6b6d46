/**
 * What the room's views are given to draw. State flows one way: message, new state, `render`.
 *
 * @typedef {object} Person          one participant as the page shows them
 * @property {string} id
 * @property {string} name
 * @property {"host" | "participant"} role
 * @property {import("./messages.js").Standing} standing  by what they came
 * @property {string} knownAs        the name of their account or invitation, whatever they call themselves
 * @property {number} seat           order of first arrival; tiles stand in this order, self last
 * @property {boolean} self
 * @property {boolean} microphone    what they say is on; never guessed from tracks
 * @property {boolean} silenced      it is off against their will: their microphone has stopped working
 * @property {boolean} camera
 * @property {boolean} screen
 * @property {boolean} hand
 * @property {readonly Mark[]} marks  what capabilities show at them
 * @property {boolean} speaking
 * @property {boolean} sounding      the sound that comes with their screen is loud, be it a voice or a film
 * @property {"connecting" | "connected" | "reconnecting" | "away" | "failed" | "shut"} connection
 *     the connection between them and me; "connected" for self. "away": their page is gone for a moment; "shut": they
 *     sent far too much, and this page has let go of them
 * @property {import("./messages.js").Held} held  why their camera, though on, is not sent
 * @property {boolean} strained      their device says that it does not keep up with the call
 * @property {"" | "good" | "fair" | "poor" | "lost"} quality  of the connection between us; "" as long as it is not known
 * @property {string} by             name of whoever passes their voice on to me; "" where it comes by itself
 * @property {string[]} knows        whom they say to have a connection to, however it does
 * @property {MediaStream | null} picture  their camera, video only
 * @property {MediaStream | null} shared   their screen, video only
 *
 * @typedef {object} Mark            something that a capability shows at somebody
 * @property {string} name           of its class in style sheets
 * @property {"corner" | "over"} place  in the corner of their picture and in the list of people, as long as it is so; or over
 *     the picture, for a moment
 * @property {string} [key]          with another one it appears anew
 * @property {string} [icon]
 * @property {string} text           what is seen
 * @property {string} words          what stands before it for those who do not see it; what is over a picture is announced instead
 * @property {{title: string, place: number}} [queue]  in the list, these come first and in this order
 *
 * @typedef {object} Device
 * @property {string} id
 * @property {string} label
 *
 * Why there is nothing to send, though it is wanted: the person, the headers of the page (`forbidden`) or the system do
 * not allow it; there is none, another program has it, the line is not secure; the system gives silence (`muted`).
 * @typedef {"" | "denied" | "forbidden" | "system" | "missing" | "busy" | "insecure" | "failed" | "muted"} Trouble
 *
 * @typedef {object} Source          my microphone or my camera
 * @property {boolean} on
 * @property {boolean} pending       being asked for right now
 * @property {Trouble} trouble
 * @property {boolean} lost          it is wanted, has worked, and does so no longer
 * @property {{device: string, trouble: Trouble} | null} refused  what was chosen and cannot be had, while another is used
 * @property {Device[]} devices
 * @property {string} device         id of the one that is open, else of the chosen one, or ""
 *
 * @typedef {object} Mine            what is mine: sources, and what I do in the call
 * @property {Source} microphone
 * @property {Source} camera
 * @property {Device[]} speakers     empty where the browser lets nobody choose
 * @property {string} speaker
 * @property {boolean} screen        sharing now
 * @property {boolean} canShare
 * @property {boolean} hand
 *
 * @typedef {object} ChatMessage     docs/signaling.md, "Between participants"
 * @property {string} id
 * @property {string} author
 * @property {string} name
 * @property {number} n
 * @property {number} lamport
 * @property {number} sent_at        Unix milliseconds, by the author's clock
 * @property {string} body
 * @property {string} [after]        "author id" of the message that stood last for its author
 * @property {string} [signature]    the author's, kept and told as it is
 *
 * @typedef {object} ChatLine        a message as it is shown
 * @property {string} id             of the line, the same on whosever word it stands
 * @property {string} author
 * @property {string} name           from the roster, wherever the author is or has been in it
 * @property {string} body
 * @property {number} at             when it was said, in Unix milliseconds by this computer's clock
 * @property {boolean} isMine
 * @property {"" | "sending" | "undelivered"} delivery   of mine: "" for what somebody has
 * @property {string} [told_by]      the name of whoever told it, as long as the author's own end has not
 * @property {boolean} [hearsay]     nor had they heard it from the author
 *
 * @typedef {object} RoomInfo        in the page, as JSON in #room-data
 * @property {string} code
 * @property {string} title
 * @property {string} link           the open address of the room, to copy
 * @property {string} socket         path of the WebSocket
 * @property {string} name           what to fill in as my name, or ""
 * @property {boolean} host
 * @property {import("./messages.js").Door} door
 * @property {number | null} opens_in   seconds
 * @property {string} organizer      what to call the organizer
 * @property {string | null} starts_at  ISO 8601; null for an instant meeting
 * @property {string | null} ends_at
 *
 * @typedef {"microphone" | "camera" | "speaker"} Kind
 * @typedef {"" | "chat" | "people" | "connection"} Panel     which one is open
 * @typedef {"opening" | "ready" | "joining"} Phase   of prejoin: no `ready` from the server yet, waiting for
 *     the click, clicked
 * @typedef {"" | "offline" | "crowded" | "full" | "elsewhere" | "failed"} Problem   why the click has not led inside: the
 *     server is not reached or too many ask at the same time (both are tried again), every seat is taken, I sit there on
 *     as many pages as one person may, something unforeseen
 * @typedef {"left" | "removed" | "refused" | "cancelled" | "ended" | "full" | "elsewhere" | "replaced" | "session" | "forbidden"
 *     | "not-found" | "protocol"} EndReason
 * @typedef {"" | "reconnecting" | "sound-blocked" | "duplicate" | "muted-talking" | "apart" | "unseen-screen" | "slow-device"
 *     | "thin-line" | "unheard" | "unseen" | "refused" | "flood"} NoticeKind
 *
 * @typedef {object} Flood         somebody sends more than can be meant
 * @property {string} id
 * @property {string} name           "" for somebody who has not come in, and is not known
 * @property {string[]} by           the names of those who have let go of them; "" for me
 * @property {boolean} isInside
 *
 * @typedef {object} Unseen          who waits for my screen for too long
 * @property {string[]} names
 * @property {boolean} all           everybody else does
 * @property {boolean} held          because my line has no room for it
 *
 * @typedef {object} DoorState     how the door stands to me
 * @property {import("./messages.js").Door} kind
 * @property {boolean} waits       I have asked, and wait to be let in
 * @property {string} host         who is inside and can let me in; "" for nobody
 * @property {number | null} opensAt  in Unix milliseconds by this computer's clock
 *
 * @typedef {import("./audibility.js").Pair} Pair
 *
 * @typedef {object} CallState  everything there is to draw
 * @property {"prejoin" | "joining" | "joined" | "ended"} phase
 * @property {boolean} ready      the server is reached
 * @property {EndReason} reason   once the phase is "ended"
 * @property {Problem} problem
 * @property {string} me          my id, once inside
 * @property {number | null} since  when I came in, in Unix milliseconds
 * @property {Person[]} people    in order of arrival, me last
 * @property {number} visitors    how many are connected to me and have not come in yet
 * @property {string[]} inside    names of those inside, also before I am
 * @property {DoorState} door
 * @property {import("./messages.js").Knock[]} knocks  for hosts: who waits to be let in
 * @property {Pick<import("./messages.js").Rules, "access" | "lobby">} rules  by which people come in; as I want them, if
 *     I am about to change them
 * @property {number} capacity    how many may be inside
 * @property {Mine} mine
 * @property {MediaStream | null} picture  my camera
 * @property {readonly ChatLine[]} messages
 * @property {Panel} panel
 * @property {number} unread
 * @property {Pair[]} pairs       who hears whom
 * @property {{kind: NoticeKind, people: Person[], unseen: Unseen, flood: Flood | null}} notice
 */
export {};
