/**
 * What the room's views are given to draw. State flows one way: message, new state, `render`.
 *
 * @typedef {object} Person          one participant as the page shows them
 * @property {string} id
 * @property {string} name
 * @property {"host" | "participant"} role
 * @property {number} seat           order of first arrival; tiles stand in this order, self last
 * @property {boolean} self
 * @property {boolean} microphone    what they say is on; never guessed from tracks
 * @property {boolean} camera
 * @property {boolean} screen
 * @property {boolean} hand
 * @property {boolean} speaking
 * @property {"connecting" | "connected" | "reconnecting" | "away" | "failed"} link
 *     the connection between them and me; "connected" for self. "away": their page is gone for a moment
 * @property {MediaStream | null} picture  their camera, video only
 * @property {MediaStream | null} shared   their screen, video only
 *
 * @typedef {object} Device
 * @property {string} id
 * @property {string} label
 *
 * @typedef {object} Source          my microphone or my camera
 * @property {boolean} on
 * @property {boolean} pending       being asked for right now
 * @property {"" | "denied" | "missing" | "busy" | "insecure" | "failed"} trouble
 * @property {Device[]} devices
 * @property {string} device         id of the chosen one, or ""
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
 * @property {number} sent_at        Unix milliseconds
 * @property {string} body
 *
 * @typedef {object} RoomInfo        in the page, as JSON in #room-data
 * @property {string} code
 * @property {string} title
 * @property {string} link           the open address of the room, to copy
 * @property {string} socket         path of the WebSocket
 * @property {string} name           what to fill in as my name, or ""
 * @property {boolean} host
 * @property {string | null} starts_at  ISO 8601; null for an instant meeting
 * @property {string | null} ends_at
 * @property {string} home           where to go after leaving
 */
export {};
