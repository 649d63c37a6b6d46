/**
 * The words on the wire; docs/signaling.md says what they mean, rooms/protocol/messages.py is the server's copy.
 *
 * @typedef {object} Participant
 * @property {string} id
 * @property {string} name
 * @property {"host" | "participant"} role
 * @property {number} seat
 * @property {number} arrival
 * @property {boolean} away
 * @property {Standing} [standing]  by what they came; a guest, if it is missing
 * @property {string} [known_as]  the name of their account or invitation; theirs alone is what they typed as `name`
 * @property {ByHost} [given]    their role was given to them in this call
 * @property {boolean} [organizer]  of the meeting: a host, whatever is given
 * @property {ByHost} [muted]    nobody plays their microphone until they turn it on again themselves
 * @property {ByHost} [stopped]  nobody shows their camera until they turn it on again themselves
 * @property {boolean} [asked]  a host asks them to turn their microphone on
 *
 * What a host has done to somebody: the participant id of the host, and when, in Unix seconds by the server's clock.
 * @typedef {{by: string, at: number}} ByHost
 *
 * By which rules people come in and take part. `access` and `lobby` are the meeting's, the others end with the call:
 * whether nobody new comes in, what participants may (hosts may everything), and who is large for everybody.
 * @typedef {object} Rules
 * @property {Access} access
 * @property {boolean} lobby
 * @property {boolean} locked
 * @property {boolean} share
 * @property {boolean} chat
 * @property {boolean} unmute
 * @property {boolean} record
 * @property {boolean} rename
 * @property {string | null} spotlight
 * @property {number | null} ends_in  seconds, while the call is about to end for everybody
 *
 * @typedef {"invited" | "account" | "guest"} Standing
 *
 * @typedef {object} Description
 * @property {"offer" | "answer"} type
 * @property {string} sdp
 *
 * @typedef {RTCIceCandidateInit | null} Candidate  null ends the list
 *
 * What goes from one participant to another; `to` on the way up is `sender` on the way down.
 * @typedef {{type: "description", generation: number, description: Description}} DescriptionSignal
 * @typedef {{type: "candidates", generation: number, candidates: Candidate[]}} CandidatesSignal
 * @typedef {{type: "need-offer", generation: number, reason: "ice" | "connection"}} NeedOffer
 * @typedef {DescriptionSignal | CandidatesSignal | NeedOffer} Signal
 *
 * From the server:
 * @typedef {object} Ready
 * @property {"ready"} type
 * @property {number} version
 * @property {string} me      the id of whoever joins by this socket as somebody new
 * @property {boolean} early  connections before the click are welcome
 * @property {{code: string, title: string, capacity: number, access: Access, lobby: boolean}} room
 * @property {"host" | "participant"} role
 * @property {Door} door
 * @property {number | null} opens_in  seconds, when the door is a matter of time
 * @property {number} rev
 * @property {Participant[]} participants
 * @property {Rules | null} rules  null where the door is not open
 * @property {RTCIceServer[]} ice_servers
 * @property {number | null} ice_expires_at  Unix seconds, by the server's clock
 * @property {number | null} ice_expires_in  seconds
 *
 * What somebody who may enter meets at the door: nothing, a door that opens later, one that a host has locked, no host
 * yet, or the lobby; or, once they are let in, that somebody has to leave first.
 * @typedef {"open" | "early" | "locked" | "host" | "lobby" | "full"} Door
 * @typedef {{type: "waiting", door: Door, host: string, opens_in: number | null}} Waiting
 *
 * Somebody who waits to be let in, as hosts see them; `asked_at` in Unix seconds.
 * @typedef {{id: string, name: string, standing: Standing, asked_at: number, known_as?: string, address?: string}} Knock
 * @typedef {{type: "lobby", knocks: Knock[]}} Lobby
 *
 * Whom the meeting is open to.
 * @typedef {"anyone" | "known" | "invited"} Access
 *
 * @typedef {object} Welcome
 * @property {"welcome"} type
 * @property {string} me
 * @property {string} token
 * @property {boolean} resumed
 * @property {number} rev
 * @property {Participant[]} participants
 * @property {Rules} rules
 *
 * @typedef {{type: "snapshot", rev: number, participants: Participant[], rules: Rules}} Snapshot
 * @typedef {{type: "participant-joined", rev: number, participant: Participant}} ParticipantJoined
 * @typedef {{type: "participant-updated", rev: number, participant: Participant}} ParticipantUpdated
 * @typedef {{type: "participant-left", rev: number, id: string, reason: string}} ParticipantLeft
 * Another rule holds; `by` is the id of the host who has changed it, null if that was done with the plan of the meeting.
 * @typedef {Rules & {type: "rules", rev: number, by: string | null}} RulesChanged
 * What a host has ordered, to be said in words; `all`: about everybody but hosts. `name` is what whoever was renamed or
 * removed was called before.
 * @typedef {"mute" | "stop-camera" | "ask-unmute" | "lower-hand" | "rename" | "set-role" | "remove"} OrderName
 * @typedef {{type: "order", rev: number, order: OrderName, by: string, participants: string[], all: boolean, name: string | null}} Order
 * @typedef {ParticipantJoined | ParticipantUpdated | ParticipantLeft | RulesChanged | Order} RoomEvent
 * @typedef {{type: "ice-servers", ice_servers: RTCIceServer[], ice_expires_at: number | null, ice_expires_in: number | null}} IceServersMessage
 * @typedef {{type: "undeliverable", to: string, generation: number}} Undeliverable
 * @typedef {{type: "failed", error: string, message: string}} Failed
 * @typedef {{type: "bye", reason: string}} Bye
 * On the socket of the set-up test alone:
 * @typedef {{type: "set-up", ice_servers: RTCIceServer[]}} SetUp
 * @typedef {{type: "pong"}} Pong
 * @typedef {Signal & {sender: string}} IncomingSignal
 * To hosts: somebody has let go of this participant, who sent them more than can be meant; "" for a name that is not known.
 * @typedef {{type: "flooded", participant: string, name: string, by: string}} Flooded
 * To the other hosts: which of them has let in these people who waited, or has not.
 * @typedef {{type: "decided", by: string, admitted: boolean, names: string[]}} Decided
 * @typedef {Ready | Waiting | Lobby | Decided | Flooded | Welcome | Snapshot | RoomEvent | IncomingSignal | IceServersMessage | Undeliverable | Failed
 *   | Bye | Pong} ServerMessage
 *
 * How it goes with a connection, as one of its ends finds it, and with all of somebody's connections, by the other end's id:
 * @typedef {"connected" | "carried" | "connecting" | "repairing" | "failed" | "left"} Condition  "carried" among participants only
 * @typedef {Record<string, Condition>} Links
 *
 * To the server:
 * @typedef {{type: "join", name: string, token: string | null, fresh: boolean}} Join
 * @typedef {Signal & {to: string}} OutgoingSignal
 * @typedef {{type: "leave"} | {type: "sync"} | {type: "ping"} | {type: "ice"}} PlainRequest
 * What hosts order: of everybody but hosts, if `participants` is missing. And what everybody may ask about themselves.
 * @typedef {{type: "mute" | "stop-camera" | "ask-unmute" | "lower-hand", participants?: string[]}} OrderAbout
 * @typedef {{type: "set-rules", locked?: boolean, share?: boolean, chat?: boolean, unmute?: boolean, record?: boolean,
 *   rename?: boolean, spotlight?: string | null}} SetRules
 * @typedef {OrderAbout | SetRules | {type: "set-role", participant: string, role: "host" | "participant"}
 *   | {type: "rename", participant: string, name: string} | {type: "remove", participant: string, lock?: boolean}
 *   | {type: "set-lobby", on: boolean} | {type: "end", on: boolean}
 *   | {type: "unmute"} | {type: "start-camera"}} Command
 * @typedef {Join | OutgoingSignal | PlainRequest | Command | {type: "admit" | "refuse", knocks: string[]}
 *   | {type: "flooded", participant: string}
 *   | {type: "links", links: Links}} ClientMessage
 *
 * Between participants, on `ctl`:
 * @typedef {import("./state.js").ChatMessage} ChatMessage
 * Why a camera that is on is not sent: the device is too slow, the line too thin, others are looked at.
 * @typedef {"" | "device" | "line" | "others"} Held
 * `strained`: the sender's device does not keep up, so what is late is not the line.
 * @typedef {{microphone: boolean, silenced: boolean, camera: boolean, screen: boolean, hand: boolean, speaking: boolean, held: Held, strained: boolean}} Shown
 * @typedef {Shown & {type: "state", hand_for?: number, links?: Links}} StateMessage
 * `age`: how long ago it was said, in milliseconds.
 * @typedef {ChatMessage & {type: "chat", age?: number, pass?: string[], passed?: boolean}} Chat
 * @typedef {{type: "chat-ack", n: number}} ChatAck
 * @typedef {{type: "chat-sync", have: Record<string, number>, of?: string[], most?: number}} ChatSync
 * `hearsay`: its author did not say it to whoever tells of it either.
 * @typedef {ChatMessage & {age?: number, hearsay?: boolean}} Told
 * @typedef {{type: "chat-history", messages: Told[], left?: number}} ChatHistory
 * How large a picture is shown, in lines; 0 when nobody sees it. `large`: it is the large one on the stage. `arrived`, of a
 * screen: something of it is there to be shown.
 * @typedef {{height: number, large: boolean, arrived?: boolean}} Wish
 * @typedef {{type: "view", seq: number, camera: Wish, screen: Wish}} View
 * @typedef {{type: "forward", to: string, signal: Signal}} Forward
 * @typedef {{type: "forwarded", from: string, signal: Signal}} Forwarded
 * Whose voices I ask somebody to pass on to me, and those that they do pass on, with what is known of them.
 * @typedef {{microphone: boolean, speaking: boolean, hand: boolean}} Voice
 * @typedef {{type: "carry", seq: number, voices: string[]}} Carry
 * @typedef {{type: "carried", seq: number, voices: Record<string, Voice>}} Carried
 * @typedef {StateMessage | Chat | ChatAck | ChatSync | ChatHistory | View | Forward | Forwarded | Carry | Carried
 *   | {type: "bye"}} PeerMessage
 */
export {};
