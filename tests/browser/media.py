"""What the cast's cameras and microphones deliver: a colour that moves, and a tone that beeps.

Chromium takes both from files, one pair per browser process, so that whoever is seen and heard can be
told from everybody else.
"""

from __future__ import annotations

import math
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

# Small: most tests ask whether a picture arrives, and each is encoded once for everybody who sees it.
WIDTH, HEIGHT, RATE, FRAMES = 320, 180, 8, 16
BAR = 32  # width of the bright bar that travels across the picture
SAMPLES = 48_000


@dataclass(frozen=True)
class Colour:
    """`rgb` is what a camera of this colour shows; `hertz` is the tone of its microphone."""

    name: str
    rgb: tuple[int, int, int]
    hertz: int


RED = Colour("red", (220, 30, 30), 440)
GREEN = Colour("green", (20, 170, 40), 740)
BLUE = Colour("blue", (30, 60, 220), 1180)
YELLOW = Colour("yellow", (220, 200, 20), 1760)
COLOURS = (RED, GREEN, BLUE, YELLOW)


def yuv(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    """Limited-range Y, U, V (ITU-R BT.601)."""
    r, g, b = (part / 255 for part in rgb)
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return round(16 + 219 * y), round(128 + 224 * 0.564 * (b - y)), round(128 + 224 * 0.713 * (r - y))


def picture(colour: Colour, number: int) -> tuple[bytes, bytes, bytes]:
    """The three planes (4:2:0) of one frame: the colour, crossed by a bright bar."""
    y, u, v = yuv(colour.rgb)
    row = bytearray([y]) * WIDTH
    start = number % FRAMES * (WIDTH - BAR) // FRAMES
    row[start : start + BAR] = bytes([min(y + 80, 235)]) * BAR
    quarter = WIDTH * HEIGHT // 4
    return bytes(row) * HEIGHT, bytes([u]) * quarter, bytes([v]) * quarter


def beep(colour: Colour, first: int, count: int) -> bytes:
    """Samples (16 bits, mono) of the tone from number `first` on, half of the time silent.

    A steady tone would be taken for noise and filtered out.
    """
    values = (
        0.6 * math.sin(2 * math.pi * colour.hertz * n / SAMPLES) if n % (SAMPLES // 2) < SAMPLES // 4 else 0.0
        for n in range(first, first + count)
    )
    return struct.pack(f"<{count}h", *(round(32_767 * value) for value in values))


def camera_file(colour: Colour, folder: Path) -> Path:
    """A film of two seconds (YUV4MPEG2)."""
    path = folder / f"{colour.name}.y4m"
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(FRAMES):
            film.write(b"FRAME\n" + b"".join(picture(colour, number)))
    return path


def microphone_file(colour: Colour, folder: Path) -> Path:
    """A recording of two seconds (WAVE)."""
    path = folder / f"{colour.name}.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLES)
        sound.writeframes(beep(colour, 0, 2 * SAMPLES))
    return path
