"""The product's settings with a channel layer that loses, delays, repeats and reorders letters."""

from config.settings import *  # noqa: F403
from config.settings import REDIS_URL, env

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "tests.rooms.live.lossy_layer.LossyLayer",
        "CONFIG": {"url": REDIS_URL, "seed": env.whole_number("LAYER_SEED", 1, at_least=0, at_most=2**31)},
    }
}
