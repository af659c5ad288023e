"""A decoder with tied weights in the code of a run: Keras has no layer for it."""

from pcae.config import RunConfig

PROSE = (
    "The weights are tied (Baldi & Hornik 1989): the decoder's kernel is the encoder's, transposed."
)
LAYER = '''\
class Tied(layers.Layer):
    """From codes to images by the kernel of an encoder's layer, transposed."""

    def __init__(self, dense):
        super().__init__()
        self.kernel = dense.kernel
        self.bias = self.add_weight(shape=(dense.kernel.shape[0],), initializer="zeros")

    def call(self, codes):
        return keras.ops.matmul(codes, keras.ops.transpose(self.kernel)) + self.bias'''


def decoder(config: RunConfig) -> str:
    """The lines that build it after a linear encoder."""
    inside = f"[keras.Input(({config.k},)), Tied(encoder.layers[0])]"
    return f'decoder = keras.Sequential({inside}, name="decoder")'
