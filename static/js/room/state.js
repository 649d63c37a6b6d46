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
 * @property {number} loudness       how loud they are for me, from 0 to 1
 * @property {"connecting" | "connected" | "reconnecting" | "away" | "failed" | "shut"} connection
 *     the connection between them and me; "connected" for self. "away": their page is gone for a moment; "shut": they
 *     sent far too much, and this page has let go of them
 * @property {import("./messages.js").Held} held  why their camera, though on, is not sent
 * @property {boolean} strained      their device says that it does not keep up with the call
 * @property {"" | "good" | "fair" | "poor" | "lost"} quality  of the connection between us; "" as long as it is not known
 * @property {string} by             name of whoever passes their voice on to me; "" where it comes by itself
 * @property {string[]} knows        whom they say to have a connection to, however it does
 * @property {OrderedBy | null} muted   a host has done it: nobody hears them until they unmute
 * @property {OrderedBy | null} stopped  nobody sees their camera until they start it again
 * @property {OrderedBy | null} given   their role was given to them in this call
 * @property {boolean} organizer     of the meeting: a host always
 * @property {boolean} asked         a host asks them to unmute
 * @property {MediaStream | null} picture  their camera, video only
 * @property {MediaStream | null} shared   their screen, video only
 *
 * What a host has done to somebody. `by`: the name, "" of one who is gone; `at`: Unix milliseconds, by the server's clock.
 * @typedef {{by: string, byMe: boolean, at: number}} OrderedBy
 *
 * @typedef {object} HostingState    what hosts decide about me, and about all
 * @property {boolean} isHost        I am one
 * @property {Record<"share" | "chat" | "unmute" | "rename", boolean>} may  what I may do
 * @property {OrderedBy | null} muted
 * @property {OrderedBy | null} stopped
 * @property {{by: string} | null} asked  to unmute, and I have not answered; `by` as above
 * @property {string} rule           which rule was changed last, by whom and when, in a sentence; or ""
 * @property {{at: number, by: string, byMe: boolean} | null} ending  the call ends for everybody then, in Unix milliseconds by this
 *     computer's clock
 *
 * @typedef {object} Mark            something that a capability shows at somebody
 * @property {string} name           of its class in style sheets
 * @property {"corner" | "over"} place  in the corner of their picture and in the list of people, as long as it is so; or over
 *     the picture, for a moment
 * @property {string} [key]          with another one it appears anew
 * @property {string} [icon]
 * @property {string} text           what is seen
 * @property {string} words          what stands before it for those who do not see it; what is over a picture is announced instead
 * @property {{title: string, place: number, since?: string}} [queue]  in the list, these come first and in this order; `since`: by the clock
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
 * @property {boolean} sharesSound   what this computer plays goes out with it
 * @property {boolean} canShare
 * @property {boolean} hand
 *
 * @typedef {object} ChatMessage     docs/signaling.md, "Chat": what its author made of one of them, be it a message or what changes one
 * @property {string} id
 * @property {string} author
 * @property {string} name
 * @property {number} n
 * @property {number} lamport
 * @property {number} sent_at        Unix milliseconds, by the author's clock
 * @property {string} [kind]         a message, if it is missing; "edit", "deletion", "reaction", or one that this version does not know
 * @property {string} [body]         what is said, or reacted with; none in a deletion
 * @property {string} [of]           "author id" of the message that it changes
 * @property {string} [reply_to]     "author id" of the message that it answers
 * @property {boolean} [on]          whether a reaction is given, or taken back
 * @property {OfferedFile} [file]    what is offered with it
 * @property {string} [after]        "author id" of the message that stood last for its author
 * @property {string} [signature]    the author's, kept and told as it is
 *
 * @typedef {object} OfferedFile     docs/decisions/0060-files.md
 * @property {string} id
 * @property {string} name
 * @property {number} size           in bytes
 * @property {string} type           as a MIME type, or ""
 *
 * @typedef {object} Attached        a file that is offered in a line, as it is shown
 * @property {string} stem           of its name; may be shortened where there is no room
 * @property {string} ending         of its name, with the dot; is always seen
 * @property {string} detail         one sentence: how large it is, how far it has come, what keeps it away
 * @property {boolean} isTrouble     something keeps it away
 * @property {{part: number, label: string} | null} progress  from 0 to 1, as long as it moves or waits
 * @property {readonly AttachedAction[]} actions  in their order
 * @property {{address: string, width: number, height: number, open: () => void} | null} picture  small, where it is one that can be
 *     shown; `open` shows it large
 * @typedef {{name: "save" | "not-now" | "stop" | "again" | "choose", label: string, icon: string, act: () => void}} AttachedAction
 *
 * @typedef {object} Attachments     what can be done with files in the chat; comes with the first one
 * @property {(line: Pick<ChatLine, "author" | "name" | "isMine" | "conversation">, file: OfferedFile) => Attached} show  what there is
 *     to see of it now; the room is drawn again when that is another
 * @property {() => Promise<Chosen[]>} choose  asks for files on this device; none, if they think better of it
 * @property {(data: DataTransfer) => Promise<Chosen[]>} from  files that were dropped or pasted; read at once, since it is empty after the event
 * @property {(chosen: Chosen, to: string) => {file: OfferedFile} | {problem: string}} offer  to a conversation, as in `ChatActions.write`, which
 *     says it; or why it cannot be offered, in words
 * @property {(file: OfferedFile) => void} withdraw  a line of mine was deleted: nobody gets it any more
 * @typedef {{file: File, handle: FileSystemFileHandle | null}} Chosen
 *
 * @typedef {object} ChatLine        a message as it is shown
 * @property {string} id             of the line in its conversation, the same on whosever word it stands
 * @property {string} conversation   "" for that of the room, else the id of the other one
 * @property {string} author
 * @property {string} name           from the roster, wherever the author is or has been in it
 * @property {string} body           as it reads now; "" of one that is deleted, or has a file alone
 * @property {number} at             when it was said, in Unix milliseconds by this computer's clock
 * @property {boolean} isMine
 * @property {boolean} canChange     I may edit or delete it: it is mine, under the id that I have now
 * @property {number | null} editedAt  when it got its present words, if these are not the first
 * @property {readonly Wording[]} earlier  the words before, the first ones first
 * @property {boolean} isDeleted     its author has deleted it; the words are not to be read any more
 * @property {Reply | null} reply    what it answers
 * @property {readonly Reaction[]} reactions  in the order in which they were first given
 * @property {Delivery} delivery
 * @property {OfferedFile | null} file
 * @property {string} [told_by]      the name of whoever told it, as long as the author's own end has not
 * @property {boolean} [hearsay]     nor had they heard it from the author
 *
 * @typedef {{body: string, at: number}} Wording
 * @typedef {{id: string, name: string, excerpt: string}} Reply  `id` of the line, "" where it is not here; the others are "" then
 * @typedef {object} Reaction
 * @property {string} reaction       one emoji
 * @property {number} count
 * @property {boolean} isMine        I am one of them
 * @property {readonly Reacting[]} people
 * @typedef {{name: string, told_by?: string}} Reacting  `told_by` as in a line
 *
 * @typedef {object} Delivery        the fate of a line of mine; of the others' there is nothing to say
 * @property {"" | "sending" | "waiting"} state  "sending": it waits for its turn; "waiting": somebody lacks it who should have it by now
 * @property {readonly string[]} lacking  the names of those inside who do; none where nobody at all is known to have it
 *
 * @typedef {object} Conversation
 * @property {string} id             "" for that of the room, else the id of the other one
 * @property {string} name           of the other one, as the roster has or had it
 * @property {boolean} isHere        the other one is inside; the room always is
 * @property {readonly ChatLine[]} lines  in their order; the same list as long as nothing in it has changed
 * @property {number} unread         how many have come since somebody looked
 * @property {string} unreadFrom     the first line that nobody had seen when it was looked at last, or "": a mark stands above it
 * @property {readonly string[]} typing  the names of those who are writing something
 *
 * @typedef {object} ChatState       everything of the chat that is drawn
 * @property {number} revision       rises with every change
 * @property {readonly Conversation[]} conversations  that of the room first; those with one other as they began
 * @property {string} shown          the id of the one that is before the reader, when the panel is open
 * @property {number} unread         of all of them
 *
 * @typedef {Pick<ChatLine, "id" | "conversation">} LineName
 *
 * @typedef {object} ChatActions     what somebody can do in it; each gives whether it could be done, or what has been written
 * @property {(text: string, how?: {to?: string, replyTo?: LineName | null, file?: OfferedFile | null}) => ChatMessage | null} write  `to`
 *     a conversation; that of the room, if it is not said
 * @property {(line: LineName, text: string) => boolean} edit  one of mine
 * @property {(line: LineName) => boolean} remove  one of mine
 * @property {(line: LineName, reaction: string, on: boolean) => boolean} react
 * @property {(conversation: string) => boolean} show  puts it before the reader, and begins it with whoever is here
 * @property {(conversation: string, isTyping: boolean) => void} typing  with each change of what is in the field; false when it is empty
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
 * @property {string} qr             where the link is as a QR code
 * @property {string | null} invite  where somebody is invited by letter; null for whoever does not write to people
 * @property {string | null} starts_at  ISO 8601; null for an instant meeting
 * @property {string | null} ends_at
 *
 * @typedef {"microphone" | "camera" | "speaker"} Kind
 * @typedef {"" | "chat" | "people" | "invite" | "rules" | "connection"} Panel     which one is open
 * @typedef {"opening" | "ready" | "joining"} Phase   of prejoin: no `ready` from the server yet, waiting for
 *     the click, clicked
 * @typedef {"" | "offline" | "crowded" | "full" | "elsewhere" | "failed"} Problem   why the click has not led inside: the
 *     server is not reached or too many ask at the same time (both are tried again), every seat is taken, I sit there on
 *     as many pages as one person may, something unforeseen
 * @typedef {"left" | "removed" | "refused" | "cancelled" | "ended" | "full" | "elsewhere" | "replaced" | "session" | "forbidden"
 *     | "not-found" | "protocol"} EndReason
 * @typedef {"" | "reconnecting" | "sound-blocked" | "duplicate" | "muted-talking" | "apart" | "unseen-screen" | "slow-device"
 *     | "thin-line" | "unheard" | "unseen" | "refused" | "flood" | "told"
 *     | "held-talking"} NoticeKind
 *
 * @typedef {object} Flood         somebody sends more than can be meant
 * @property {string} id
 * @property {string} name           "" for somebody who has not come in, and is not known
 * @property {string[]} by           the names of those who have let go of them; "" for me
 * @property {boolean} isInside
 *
 * @typedef {{text: string, isMine: boolean}} Told  what hosts have done, in words; `isMine`: to me
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
 * @property {import("./messages.js").Rules} rules  by which people come in and take part; as I want them, if I am about to change
 *     them
 * @property {HostingState} hosting
 * @property {number} capacity    how many may be inside
 * @property {Mine} mine
 * @property {MediaStream | null} picture  my camera
 * @property {ChatState} chat
 * @property {Panel} panel
 * @property {number} extras      rises with every change of what capabilities show
 * @property {Pair[]} pairs       who hears whom
 * @property {{kind: NoticeKind, people: Person[], unseen: Unseen, flood: Flood | null, told?: Told | null}} notice
 */
export {};
