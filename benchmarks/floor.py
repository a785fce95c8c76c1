"""The least time a scoring pass can take on a machine: its arithmetic and its reading, at the best rates."""

from collections.abc import Sequence

from benchmarks.machine import Rates
from benchmarks.sizes import Size


def scoring_floor_s(size: Size, lengths: Sequence[int], rates: Rates) -> float:
    """Return the seconds for one scoring pass over each source of that many tokens.

    A pass is the encoder over the source, the decoder's keys and values of it, and one decoder
    position. Products with weights count as int8, those inside attention as fp32; of the decoder's
    one position only the reading of its weights counts.
    """
    square = size.width * size.width
    encoder_weights = size.encoder_layers * (4 + 2 * 4) * square
    cross_weights = size.decoder_layers * 2 * square
    decoder_bytes = size.decoder_layers * (6 + 2 * 4) * square + size.rows * size.width
    total = 0.0
    for tokens in lengths:
        int8 = 2 * tokens * (encoder_weights + cross_weights)
        fp32 = 4 * tokens * tokens * size.width * size.encoder_layers
        total += int8 / rates.int8 + fp32 / rates.fp32 + decoder_bytes / rates.read_bytes
    return total
